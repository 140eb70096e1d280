"""UTM is what PROJ makes of it, in both directions, and zones and bands are those of the grid."""

from __future__ import annotations

import mgrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Proj

from viewer.geo.utm import band_of, from_utm, middle_of, to_utm, zone_of

ZONES = (1, 36, 37, 38, 39, 60)


@pytest.mark.parametrize("zone", ZONES)
def test_the_projection_is_the_one_of_proj_to_a_millimetre(zone: int) -> None:
    lon, lat = np.meshgrid(middle_of(zone) + np.linspace(-3.5, 3.5, 15), np.linspace(-80, 84, 83))
    east, north = to_utm(lon, lat, zone)
    expected = Proj(proj="utm", zone=zone, ellps="WGS84")(lon, lat)

    np.testing.assert_allclose(np.stack((east, north)), np.stack(expected), rtol=0, atol=1e-3)


@pytest.mark.parametrize("zone", ZONES)
def test_the_way_back_leads_to_the_same_point(zone: int) -> None:
    lon, lat = np.meshgrid(middle_of(zone) + np.linspace(-3.5, 3.5, 15), np.linspace(-80, 84, 83))
    back = from_utm(*to_utm(lon, lat, zone), zone)

    np.testing.assert_allclose(np.stack(back), np.stack((lon, lat)), rtol=0, atol=1e-9)


@settings(max_examples=300)
@given(st.floats(-179.999, 179.999), st.floats(-79.999, 83.999))
def test_zones_and_bands_are_those_of_mgrs(lon: float, lat: float) -> None:
    said = mgrs.MGRS().toMGRS(lat, lon, MGRSPrecision=0)
    near_a_border = min(lon % 3, -lon % 3) < 1e-6 or min(lat % 8, -lat % 8) < 1e-6
    assert near_a_border or said[:-2].rjust(3, "0") == f"{zone_of(lon, lat):02d}{band_of(lat)}"


def test_no_band_holds_the_poles() -> None:
    assert (band_of(-80.1), band_of(-80), band_of(84), band_of(84.1)) == ("", "C", "X", "")


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [(3.5, 60, 32), (2.5, 60, 31), (8.5, 75, 31), (9.5, 75, 33), (20.5, 75, 33), (21.5, 75, 35), (33.5, 84, 37)],
)
def test_norway_and_svalbard_have_zones_of_their_own(lon: float, lat: float, zone: int) -> None:
    assert zone_of(lon, lat) == zone
