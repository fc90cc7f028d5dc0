"""Forms of the news desk."""

from station.news.forms.air import ChangeForm, EndForm, PieceForm, ProgramForm, RuleForm
from station.news.forms.feeds import FeedForm, OwnerForm, PartnerForm
from station.news.forms.homes import HomeForm
from station.news.forms.labels import PersonForm, SectionForm
from station.news.forms.media import PictureForm, SoundForm, UploadForm
from station.news.forms.moves import BannerForm, ImportForm, RedirectForm, SlugForm
from station.news.forms.releasing import (
    ActForm,
    CorrectionForm,
    DateForm,
    EmbargoForm,
    QuietForm,
    ReasonForm,
    WhenForm,
)

__all__ = [
    "ActForm",
    "BannerForm",
    "ChangeForm",
    "CorrectionForm",
    "DateForm",
    "EmbargoForm",
    "EndForm",
    "FeedForm",
    "HomeForm",
    "ImportForm",
    "OwnerForm",
    "PartnerForm",
    "PersonForm",
    "PictureForm",
    "PieceForm",
    "ProgramForm",
    "QuietForm",
    "ReasonForm",
    "RedirectForm",
    "RuleForm",
    "SectionForm",
    "SlugForm",
    "SoundForm",
    "UploadForm",
    "WhenForm",
]
