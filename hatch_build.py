"""What the metadata say of where the project lives: all of it follows from one setting.

``repository`` under ``[tool.hatch.metadata.hooks.custom]`` in pyproject.toml is the address of
the project's page. While it is empty there are no URLs.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(!?)(\[[^]]*\])\((?!https?:)([^)]+)\)")


class Addresses(MetadataHookInterface):
    """The project's URLs, and the README with links that lead there from anywhere."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add `urls` and `readme` to the metadata."""
        repository = self.config["repository"].rstrip("/")
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        if repository:
            tag = f"v{metadata['version']}"
            metadata["urls"] = {
                "Homepage": repository,
                "Documentation": f"{repository}/blob/{tag}/docs/index.md",
                "Source": repository,
                "Changelog": f"{repository}/blob/{tag}/CHANGELOG.md",
                "Issues": f"{repository}/issues",
            }
            text = absolute(text, repository, tag)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def absolute(text: str, repository: str, tag: str) -> str:
    """The same text, its links and pictures those of the files of a tag."""

    def lead(match: re.Match[str]) -> str:
        picture, words, target = match.groups()
        kind = "raw" if picture else "blob"
        return f"{picture}{words}({repository}/{kind}/{tag}/{target})"

    return LINK.sub(lead, text)
