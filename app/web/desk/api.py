"""The desk's API."""
from flask_smorest import Blueprint
bp = Blueprint("desk_api", __name__, url_prefix="/api/desk", description="The desk")
