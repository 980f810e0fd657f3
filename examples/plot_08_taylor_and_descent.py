"""
Why a small step downhill helps
===============================

From near, a smooth curve looks like a line. So a small step Δv changes the cost by about
∇C·Δv. With Δv = −η∇C that is −η‖∇C‖², which is never above 0. But the step must be small.
"""

# %%
# From near it is a line
# ----------------------
# The Taylor polynomial of degree 1 is a line. Each higher degree follows the sine further.
# On the right is one step downhill, for many η: the smaller η is, the closer the change of the
# cost comes to what the line says.

import matplotlib.pyplot as plt
import numpy as np

from sknn_basic.gradient_descent import minimize, taylor_polynomial
from sknn_basic.plotting import DescentDisplay


def cost(v):
    """A valley, ten times as steep across as along."""
    return v[0] ** 2 + 10 * v[1] ** 2


def gradient(v):
    return np.array([2 * v[0], 20 * v[1]])


x = np.linspace(-5, 10, 301)
polynomials = {n: taylor_polynomial(np.sin, 0.0, n, scale=3.0) for n in (1, 3, 5, 7)}
start = np.array([4.0, 1.0])
etas = np.geomspace(1e-4, 0.08, 30)
promised = -etas * np.sum(gradient(start) ** 2)
changes = np.array([cost(start - eta * gradient(start)) for eta in etas]) - cost(start)

fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
axes[0].plot(x, np.sin(x), color="black", linewidth=2.5, label="sin x")
looks = [("#d55e00", ":"), ("#e69f00", "-."), ("#009e73", "--"), ("#0072b2", (0, (5, 1)))]
for (n, p), (color, line) in zip(polynomials.items(), looks, strict=True):
    axes[0].plot(x, p(x), color=color, linestyle=line, label=f"degree {n}")
axes[0].set(xlabel="x", ylabel="y", ylim=(-3, 3))
axes[1].plot(etas, -promised, "--", color="#d55e00", label="promised: η‖∇C‖²")
axes[1].plot(etas, -changes, color="#0072b2", label="what it is")
axes[1].set(xlabel="η", ylabel="how far the cost falls", xscale="log", yscale="log")
for ax in axes:
    ax.grid(alpha=0.3)
    ax.legend(fontsize=9)
plt.show()

# %%
# Step after step
# ---------------
# The darker, the lower. A good η comes near the bottom. With a larger one each step lands
# further up the other side. If only steps that lower the cost are taken, it ends in time.

walks = []
fig, axes = plt.subplots(1, 3, figsize=(9, 3.5), sharey=True, layout="constrained")
plans = [(0.06, "always"), (0.105, "always"), (0.105, "decrease")]
for ax, (eta, accept) in zip(axes, plans, strict=True):
    walk = minimize(cost, gradient, start=start, eta=eta, accept=accept, max_iter=15)
    display = DescentDisplay.from_result(walk, cost, xlim=(-1, 5), ylim=(-5, 5), ax=ax)
    display.contours_.colorbar.remove()
    ax.set_title(f"η = {eta}, {accept}\nC: {walk.costs[0]:.1f} → {walk.fun:.1f}", fontsize=10)
    ax.label_outer()
    print(f"eta = {eta}, {accept}: {walk.nit} steps. {walk.message}")
    walks.append(walk)
plt.show()
