"""Chip migration: what the comparison with the H20 rests on, what serving speed it buys, and what moving costs.

`ratings` compares what is printed of chips, `serving` models the speed of serving, `migration` and `porting` price the
move, `market` follows orders and shares; the ``plots_`` modules draw and `words` says.
"""

from __future__ import annotations

from typing import Literal

from parallelrun.study import parameters
from parallelrun.study.parameters import parameter

RESULTS = {
    "implied_h20_tflops": "H20 rate that the printed FP4 rate and the printed multiple imply",
    "ratio_fp4_over_fp8": "printed FP4 rate over the H20's dense FP8 rate: formats mixed",
    "fleet_pflops": "peak FP4 compute of the ordered chips; value: geometric middle of the words",
    "fleet_h100_equivalents": "the ordered chips in H100s by dense BF16 rate",
    "planned_shipments": "950PR shipments planned for 2026, second source",
    "nvidia_share_units_2025": "NVIDIA's share of accelerator cards shipped in China in 2025",
    "huawei_share_units_2025": "Huawei's share of accelerator cards shipped in China in 2025",
    "hhi_units_2025": "Herfindahl-Hirschman index of cards shipped in China in 2025",
    "off_cuda_intensity": "training per accelerator off CUDA over that on NVIDIA, if both 2023 shares hold",
    "porting_effort": "effort to port the chosen code at the claimed compatibility; low: all of it compiles",
    "parity_linear": "years after 2028 to equal shares of the world chip market, linear extrapolation",
    "parity_logit": "years after 2028 to equal shares of the world chip market, logit extrapolation",
    "implied_world_market_2028": "world market in 2028 that Chinese revenue at home and the article's share imply",
    "mixture_speed_ratio": "bound of decode of the sparse model over the H20's if reading hides behind computing, "
    "{expert_spread} chips; {ascend_bin}",
    "mixture_speed_ratio_serial": "the same bound if reading does not hide behind computing, {expert_spread} chips",
    "mixture_speed_ratio_serial_wide": "the same if reading does not hide, over as many chips as any measured service",
    "measured_efficiency": "use of the rated peak on the 910C over that on the H20, DeepSeek-R1 served",
    "system_energy_ratio": "rated energy a written token, CloudMatrix 384 over GB200 NVL72",
    "h20_work": "work of H20s that one 950PR does, dense model; 5 to 95 % of draws",
    "h20_work_mixture": "work of H20s that one 950PR does, sparse model; 5 to 95 % of draws",
    "break_even_price_mixture": "break-even price of a 950PR before its reported rise over an H20's, sparse model, "
    "reading hidden; 5 to 95 % of draws",
    "break_even_price_mixture_serial": "the same if reading does not hide behind computing; 5 to 95 % of draws",
    "cost_ratio": "cost of replacing an H20 over its own at the price assumed, dense model; 5 to 95 % of draws",
    "break_even_price": "price of a 950PR before its reported rise over an H20's at which the move costs nothing more, "
    "dense model; 5 to 95 % of draws",
    "break_even_prefill_share": "prefill share of busy time from which the move is cheaper "
    "(1: not even prefill alone); 5 to 95 % of draws",
}
"""What each recorded result means, where the meaning does not name a chip (see `words.over_h20`)."""


class Parameters(parameters.Parameters):
    """What a reader may change in the notebook."""

    ascend_bin: Literal["950pr-card", "950pr-server"] = parameter(
        "950pr-card", unit="", help="Bin of the Ascend 950PR that is compared"
    )
    model_parameters: float = parameter(
        32.0, unit="billion parameters", help="Size of the dense model that is served", ge=0.1, le=40.0
    )
    weight_precision: Literal["FP4", "FP8", "BF16"] = parameter(
        "FP8", unit="", help="Number format of weights and arithmetic, where the chip has it"
    )
    cache_elements: float = parameter(
        131072.0, unit="elements/token", help="Keys and values kept per token", ge=1.0, le=1e7
    )
    batch: float = parameter(32.0, unit="sequences", help="Sequences decoded together", ge=1.0, le=4096.0)
    context: float = parameter(4096.0, unit="tokens", help="Tokens in the cache of each sequence", ge=1.0, le=1e6)
    prompt: float = parameter(2048.0, unit="tokens", help="Tokens of the prompt in one prefill pass", ge=1.0, le=1e6)
    expert_spread: int = parameter(
        64, unit="chips", help="Chips over which the sparse model's experts are spread", ge=8, le=4096
    )
    token_latency: float = parameter(
        50.0, unit="ms", help="Longest time for one token of the sparse model", ge=1.0, le=1000.0
    )
    compute_utilisation: float = parameter(
        0.5, unit="ratio", help="Share of peak compute used where compute binds (MFU)", ge=0.01, le=1.0
    )
    bandwidth_utilisation: float = parameter(
        0.7, unit="ratio", help="Share of peak bandwidth used where memory binds", ge=0.01, le=1.0
    )
    software_efficiency: float = parameter(
        0.55, unit="ratio", help="What ported software gets of the chip, CUDA being 1", ge=0.05, le=2.0
    )
    code_size: float = parameter(
        300.0, unit="thousand lines", help="Code written for CUDA that is moved", ge=1.0, le=1e5
    )
    integration_redone: float = parameter(
        30.0, unit="%", help="Integration and test redone for all code (COCOMO II)", ge=0.0, le=100.0
    )
    engineer_cost: float = parameter(
        10000.0, unit="USD/person-month", help="Full cost of a systems engineer", ge=100.0, le=1e5
    )
    fleet_size: float = parameter(5000.0, unit="chips", help="H20s that the moved fleet replaces", ge=1.0, le=1e7)
    prefill_share: float = parameter(
        0.3, unit="ratio", help="Share of the H20s' busy time that is prefill", ge=0.0, le=1.0
    )
    price_multiple: float = parameter(
        1.0, unit="ratio", help="Price of a 950PR before its rise, over an H20's", ge=0.01, le=10.0
    )
    energy_basis: Literal["reported", "rated"] = parameter(
        "rated", unit="", help="Energy: reported penalty per token, or rated power"
    )
    load: float = parameter(0.6, unit="ratio", help="Share of the year that chips are busy", ge=0.01, le=1.0)
    lifetime: float = parameter(
        4.0, unit="years", help="Years of service over which costs are discounted", ge=0.5, le=15
    )
    discount_rate: float = parameter(8.0, unit="%/year", help="Discount rate", ge=0.0, le=50.0)
    spread: float = parameter(
        0.25, unit="ratio", help="Half-width of each assumed input, relative to its value", ge=0.0, le=0.9
    )
    draws: int = parameter(20000, unit="draws", help="Monte Carlo draws", ge=100, le=2_000_000)
    seed: int = parameter(20260417, unit="", help="Seed of the random generator", ge=0, le=2**32 - 1)
    market_ceiling: float = parameter(
        50.0, unit="%", help="Ceiling of China's share in the middle scenario", ge=26.0, le=100.0
    )
    horizon_year: int = parameter(2040, unit="year", help="Last year of the scenarios", ge=2029, le=2100)
