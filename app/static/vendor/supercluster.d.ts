// The classic build sets globalThis.Supercluster; its types are the package's own.
export {};
