"""
Why a small step downhill helps
===============================

From near, a smooth curve looks like a line: a small step Δv changes the cost by about ∇C·Δv.
With Δv = −η∇C that is −η‖∇C‖², never above 0, and no step of the same length does better.
"""

# %%
# From near it is a line
# ----------------------
# On the left are Taylor polynomials, in the middle steps of one length in every direction. On
# the right are steps against the gradient: the smaller η, the closer to what the line says.

import matplotlib.pyplot as plt
import numpy as np

from sknn_basic.gradient_descent import minimize, taylor_polynomial
from sknn_basic.plotting import DescentDisplay


def cost(v):  # a valley, ten times as steep across as along
    return v[0] ** 2 + 10 * v[1] ** 2


def gradient(v):
    return np.array([2 * v[0], 20 * v[1]])


x, etas, start = np.linspace(-5, 10, 301), np.geomspace(1e-4, 0.08, 30), np.array([4.0, 1.0])
polynomials = {n: taylor_polynomial(np.sin, 0.0, n, scale=3.0) for n in range(1, 14, 2)}
slope, turns = gradient(start), np.radians(np.arange(-180, 181, 2))
angles = turns + np.arctan2(*-slope[::-1])
around = cost(start[:, None] + 1e-3 * np.array([np.cos(angles), np.sin(angles)])) - cost(start)
promised = -etas * np.sum(slope**2)
changes = cost(start[:, None] - etas * slope[:, None]) - cost(start)

fig, axes = plt.subplots(1, 3, figsize=(9, 3.6), width_ratios=[4, 3, 3], layout="constrained")
axes[0].plot(x, np.sin(x), color="black", linewidth=2.5)
for k, (n, p) in enumerate(polynomials.items()):
    axes[0].plot(x, p(x), [":", "-.", "--", "-"][k % 4], color=plt.cm.viridis(k / 8), label=n)
axes[0].set(xlabel="x", title="the sine, and polynomials", ylim=(-4, 4))
axes[1].plot(np.degrees(turns), around, color="#0072b2")
axes[1].set(xlabel="angle to −∇C (°)", title="ΔC, steps of one length", xticks=[-180, 0, 180])
axes[2].loglog(etas, -promised, "--", color="#d55e00", label="promised: η‖∇C‖²")
axes[2].loglog(etas, -changes, color="#0072b2", label="what it is")
axes[2].set(xlabel="η", title="how far the cost falls")
axes[0].legend(title="degree", fontsize=8, ncols=3, loc="lower right")
axes[2].legend(fontsize=9)
plt.show()

# %%
# Step after step
# ---------------
# The darker, the lower. With too large an η each step lands further up the other side. A walk
# that refuses steps up ends in time, but far from the bottom: there a smaller η goes on.

plans = [(0.06, "always"), (0.105, "always"), (0.105, "decrease"), (0.05, "decrease")]
fig, axes = plt.subplots(1, len(plans), figsize=(9, 3.2), sharey=True, layout="constrained")
walks = []
for ax, (eta, accept) in zip(axes, plans, strict=True):
    begin = walks[-1].x if walks and walks[-1].status == 2 else start
    walks.append(minimize(cost, gradient, start=begin, eta=eta, accept=accept, max_iter=15))
    shown = DescentDisplay.from_result(walks[-1], cost, xlim=(-1, 5), ylim=(-5, 5), ax=ax)
    shown.contours_.colorbar.remove()
    ax.get_legend().set_visible(ax is axes[0])  # the same in all
    ax.set_title(f"η = {eta}, {accept}\nC: {walks[-1].costs[0]:.1f} → {walks[-1].fun:.1f}")
    ax.label_outer()
    print(f"eta = {eta}, {accept}: {walks[-1].nit} steps. {walks[-1].message}")
plt.show()
