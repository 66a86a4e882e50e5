"""Anna, whose iCloud is connected, and a folder of its own for what checks keep."""

from tests.connections.conftest import anna, connected, stranger_to_icloud, user  # noqa: F401 - fixtures
from tests.operations.own_home import home  # noqa: F401 - a fixture
