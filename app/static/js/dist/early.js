"use strict";try{const{dataset:t}=document.documentElement,e=localStorage.getItem("ts-theme-now"),a=localStorage.getItem("ts-hand");e&&(t.theme=e),a&&(t.hand=a)}catch{}
