"""How the newsletter looks: a few values, readable in light and in dark before anything is sent."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

#: Least contrast of text (WCAG 2.2, 1.4.3, level AA).
READABLE = 4.5

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Theme(BaseModel):
    """Colours, fonts and size. The keys that begin with `dark_` are for mailboxes in dark mode."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, validate_default=True
    )

    paper: Colour = Field(
        "#ffffff", description="a colour such as #ffffff: the background"
    )
    ink: Colour = Field("#1f2328", description="a colour such as #1f2328: text")
    accent: Colour = Field(
        "#0b5394", description="a colour such as #0b5394: links and buttons"
    )
    quiet: Colour = Field(
        "#57606a", description="a colour such as #57606a: the small print"
    )
    rule: Colour = Field(
        "#d0d7de", description="a colour such as #d0d7de: lines between stories"
    )
    dark_paper: Colour = Field(
        "#16191d", description="a colour such as #16191d: the background"
    )
    dark_ink: Colour = Field("#e6edf3", description="a colour such as #e6edf3: text")
    dark_accent: Colour = Field(
        "#8ab8f0", description="a colour such as #8ab8f0: links, buttons"
    )
    dark_quiet: Colour = Field(
        "#9ea7b1", description="a colour such as #9ea7b1: the small print"
    )
    dark_rule: Colour = Field("#3d444d", description="a colour such as #3d444d: lines")
    font: str = Field(
        "Helvetica, Arial, sans-serif",
        pattern=r"^[\w ,'-]+$",
        description="fonts that readers have, such as Helvetica, Arial, sans-serif",
    )
    serif: str = Field(
        "Georgia, Times, serif",
        pattern=r"^[\w ,'-]+$",
        description="fonts of headlines, such as Georgia, Times, serif",
    )
    width: int = Field(600, ge=320, le=720, description="the mail's width in pixels")
    logo: str = Field(
        "",
        pattern=r"^(https://\S+)?$",
        description="an https address of an image, or nothing",
    )
    logo_width: int = Field(
        160, ge=16, le=600, description="the logo's width in pixels"
    )

    @field_validator("ink", "accent", "quiet", "dark_ink", "dark_accent", "dark_quiet")
    @classmethod
    def _readable(cls, colour: str, info: ValidationInfo) -> str:
        """Refuse text that cannot be read on its background."""
        if str(info.field_name).startswith("dark_"):
            name = "dark_paper"
        else:
            name = "paper"
        behind = info.data.get(name)
        if behind and (ratio := contrast(colour, behind)) < READABLE:
            raise ValueError(
                f"expected a contrast of {READABLE}:1 or more with {name} {behind} (WCAG 2.2), "
                f"{colour} has {ratio:.1f}:1"
            )
        return colour


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
