"""Every knob. Read once, in `app`; nothing else looks at the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """A secret has no default. An unknown name in `.env` is refused, so a typo is not silence."""

    model_config = SettingsConfigDict(env_file=".env", extra="forbid", frozen=True)

    database_url: str | None = None  # None: PostgreSQL from the wheel, under `var_dir`
    redis_url: str = "redis://localhost"
    var_dir: Path = Path("var")
