"""Theme: colours, fonts and size of the newsletter, readable in light and in dark mode."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from digest.settings.designs import DESIGNS, PLAIN

#: Least contrast of text (WCAG 2.2, 1.4.3, level AA).
MIN_TEXT_CONTRAST = 4.5

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


DesignName = Literal["plain", "letter", "clips", "report"]
ListStyle = Literal["lines", "outlets", "cards"]
#: What may be invited to in the footer, beside the way out, which is always there.
FooterLink = Literal["subscribe", "forward", "preferences"]
SHAPES = Literal["talk", "photo", "video", "people", "work", "sound", "web"]

_PAPER = "#ffffff"
_DARK_PAPER = "#16191d"
_TINT = "#f3f5f7"
_DARK_TINT = "#22272e"


def allow_a_name_alone(schema: dict[str, Any]) -> None:
    """Let the JSON Schema of the setting take `theme: report` as well as a mapping."""
    reference = schema.pop("$ref", "")
    schema["anyOf"] = [
        {"type": "string", "enum": list(DESIGNS)},
        {"$ref": reference},
    ]


class SocialLink(BaseModel):
    """An account elsewhere, shown in the footer: a small picture of ours, and its name."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True
    )

    name: str = Field(
        min_length=1, max_length=40, description="the name that readers see"
    )
    url: str = Field(pattern=r"^https://\S+$", description="an https address")
    shape: SHAPES = Field(
        "web",
        description="its picture: talk, photo, video, people, work, sound or web",
    )


class Theme(BaseModel):
    """A design by its name, and what differs from it. Keys with `dark_` are for dark mode."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        validate_default=True,
    )

    name: DesignName = Field(
        PLAIN, description="the design: plain, letter, clips or report"
    )
    paper: Colour = Field(
        _PAPER, description="a colour such as #ffffff: the background"
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
        _DARK_PAPER, description="a colour such as #16191d: the background"
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
    tint: Colour = Field(
        _TINT, description="a colour such as #f3f5f7: behind boxes"
    )
    dark_tint: Colour = Field(
        _DARK_TINT, description="a colour such as #22272e: behind boxes"
    )
    band: str = Field(
        "",
        pattern=r"^(#[0-9A-Fa-f]{6})?$",
        description="a colour such as #142a4c: a band behind the title, in light and dark; or nothing",
    )
    band_ink: Colour = Field(
        "#ffffff", description="a colour such as #ffffff: text on the band"
    )
    text_size: int = Field(
        16, ge=14, le=20, description="the size of text in pixels"
    )
    stories: ListStyle = Field(
        "lines",
        description="how lists of stories look: lines, outlets (first) or cards",
    )
    contents: bool = Field(
        default=False,
        description="true to say at the top what is in an edition",
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

    dark_logo: str = Field(
        "",
        pattern=r"^(https://\S+)?$",
        description="an https address of the logo for dark mode, or nothing",
    )
    tag_line: str = Field(
        "",
        max_length=120,
        description="a line below the title that says what it is",
    )
    date_line: bool = Field(
        default=True, description="false to leave the date out at the top"
    )
    footer: tuple[FooterLink, ...] = Field(
        (),
        description="what the footer leads to: subscribe, forward, preferences",
    )
    social: tuple[SocialLink, ...] = Field(
        (), max_length=8, description="your accounts elsewhere"
    )

    @model_validator(mode="before")
    @classmethod
    def _begin_with_design(cls, data: Any) -> Any:
        """Take what is not set from the design that is named; a name alone is a design."""
        if isinstance(data, str):
            data = {"name": data}
        if not isinstance(data, dict):
            return data
        design = DESIGNS.get(str(data.get("name", PLAIN)), {})
        return {**design, **_tints_for(data, design), **data}

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

    @field_validator("band_ink")
    @classmethod
    def _check_contrast_on_band(cls, colour: str, info: ValidationInfo) -> str:
        """Refuse a title that cannot be read on its band."""
        band = info.data.get("band")
        if not band:
            return colour
        ratio = contrast_ratio(colour, band)
        if ratio < MIN_TEXT_CONTRAST:
            raise ValueError(
                f"expected a contrast of {MIN_TEXT_CONTRAST}:1 or more with band {band} "
                f"(WCAG 2.2), {colour} has {ratio:.1f}:1"
            )
        return colour

    @field_validator("tint", "dark_tint")
    @classmethod
    def _check_text_on_tint(cls, tint: str, info: ValidationInfo) -> str:
        """Refuse a background of boxes that text, links or small print cannot be read on."""
        prefix = ""
        if str(info.field_name).startswith("dark_"):
            prefix = "dark_"
        for name in ("ink", "accent", "quiet"):
            colour = info.data.get(f"{prefix}{name}")
            if not colour:  # it is invalid itself
                continue
            ratio = contrast_ratio(colour, tint)
            if ratio < MIN_TEXT_CONTRAST:
                raise ValueError(
                    f"expected a contrast of {MIN_TEXT_CONTRAST}:1 or more with {prefix}{name} {colour} "
                    f"(WCAG 2.2), {tint} has {ratio:.1f}:1"
                )
        return tint


def _tints_for(
    data: Mapping[str, Any], design: Mapping[str, object]
) -> dict[str, object]:
    """Return the paper as background of boxes, where text colours are somebody's own.

    The design's tint is only known to be readable with the design's own colours.
    """
    tints: dict[str, object] = {}
    for prefix, paper in (("", _PAPER), ("dark_", _DARK_PAPER)):
        own = {
            f"{prefix}{name}" for name in ("paper", "ink", "accent", "quiet")
        }
        if not own.isdisjoint(data):
            fallback = design.get(f"{prefix}paper", paper)
            tints[f"{prefix}tint"] = data.get(f"{prefix}paper", fallback)
    return tints


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
