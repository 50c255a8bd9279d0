"""Theme: colours, fonts and size of the newsletter, readable in light and in dark mode."""

from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

#: Least contrast of text (WCAG 2.2, 1.4.3, level AA).
MIN_TEXT_CONTRAST = 4.5

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Theme(BaseModel):
    """Colours, fonts and size. The keys that begin with `dark_` are for mailboxes in dark mode."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        validate_default=True,
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
    dark_ink: Colour = Field(
        "#e6edf3", description="a colour such as #e6edf3: text"
    )
    dark_accent: Colour = Field(
        "#8ab8f0", description="a colour such as #8ab8f0: links, buttons"
    )
    dark_quiet: Colour = Field(
        "#9ea7b1", description="a colour such as #9ea7b1: the small print"
    )
    dark_rule: Colour = Field(
        "#3d444d", description="a colour such as #3d444d: lines"
    )
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
    width: int = Field(
        600, ge=320, le=720, description="the mail's width in pixels"
    )
    logo: str = Field(
        "",
        pattern=r"^(https://\S+)?$",
        description="an https address of an image, or nothing",
    )
    logo_width: int = Field(
        160, ge=16, le=600, description="the logo's width in pixels"
    )

    @field_validator(
        "ink", "accent", "quiet", "dark_ink", "dark_accent", "dark_quiet"
    )
    @classmethod
    def _check_contrast(cls, colour: str, info: ValidationInfo) -> str:
        """Refuse text that cannot be read on its background."""
        background_name = "paper"
        if str(info.field_name).startswith("dark_"):
            background_name = "dark_paper"
        background = info.data.get(background_name)
        if not background:  # it is invalid itself
            return colour
        ratio = contrast_ratio(colour, background)
        if ratio < MIN_TEXT_CONTRAST:
            raise ValueError(
                f"expected a contrast of {MIN_TEXT_CONTRAST}:1 or more with {background_name} {background} "
                f"(WCAG 2.2), {colour} has {ratio:.1f}:1"
            )
        return colour


def contrast_ratio(colour: str, other_colour: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition)."""
    luminances = (
        _relative_luminance(colour),
        _relative_luminance(other_colour),
    )
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def _relative_luminance(colour: str) -> float:
    """Return the luminance of a colour such as #ffffff, 0 to 1 (WCAG 2.2, definition)."""
    red = _linear_channel(colour[1:3])
    green = _linear_channel(colour[3:5])
    blue = _linear_channel(colour[5:7])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear_channel(digits: str) -> float:
    """Return a channel of two hexadecimal digits without the gamma of sRGB, 0 to 1."""
    value = int(digits, 16) / 255
    if value <= 0.04045:
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)
