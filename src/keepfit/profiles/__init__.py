"""What a column looked like: mergeable bins and counts, made once, compared many times.

It owns the reference profile that a bundle carries and the counting of a window into the same bins. It leaves to
`monitoring` what a difference between two profiles means.
"""

from keepfit.profiles.category import CategoryProfile
from keepfit.profiles.coarse import MISSING, CoarseLevels, coarse_levels, drawn_numbers, number_parts
from keepfit.profiles.column import ColumnProfile, level_counts
from keepfit.profiles.number import NumberProfile
from keepfit.profiles.output import OutputProfile
from keepfit.profiles.profile import Profile, build_profile, count_window, merge
from keepfit.profiles.random_records import RandomRecords
from keepfit.profiles.typical import typical_row

__all__ = [
    "MISSING",
    "CategoryProfile",
    "CoarseLevels",
    "ColumnProfile",
    "NumberProfile",
    "OutputProfile",
    "Profile",
    "RandomRecords",
    "build_profile",
    "coarse_levels",
    "count_window",
    "drawn_numbers",
    "level_counts",
    "merge",
    "number_parts",
    "typical_row",
]
