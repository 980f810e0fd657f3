"""The numerics: stochastic gradient descent for networks of neurons.

Functions on arrays and a few small records; NumPy and SciPy only. Nothing here knows of labels,
estimators or scikit-learn. It is private to the package: names may change in any release.
Reading order is import order:

=============================  ===============================================================
what a network is              `neurons` (activations, costs), `network` (parameters, a step's
                               rule, first weights)
what it learns from            `rows` (samples, dense or sparse)
how it learns                  `blocks` (several batches at once), `layers`, `training` (epochs)
                               and `sgd` (one pass: start here for the derivation)
whether the gradient is right  `gradient`
=============================  ===============================================================

Notation, the same in every file (a single sample is a row):

==========  ==================================================  ====================
symbol      meaning                                             shape
==========  ==================================================  ====================
X           inputs                                              (m, n_in)
Y           targets of the output neurons, between 0 and 1      (m, n_out)
W[l], b[l]  weights and biases of layer l                       (n_in, n_out), (n_out,)
Z           weighted inputs, Z = A_prev W + b                   (m, n_out)
A           activations, A = σ(Z)                               (m, n_out)
delta       error of a layer, ∂C/∂Z, one row a sample           (m, n_out)
C           cost of one sample, C(A, Y)                         (m,)
w           weight of a sample                                  (m,)
m, q        samples in a mini-batch, mini-batches in a block
eta         learning rate η
alpha       L2 strength: cost = mean wC + α/2 Σ‖W‖²
mu          momentum μ
V           velocity of W: V ← μ V − η ∂C/∂W                    as W
==========  ==================================================  ====================

and inside the kernel, where factors of two are folded away:

==========  ==================================================  ====================
H           half of Z                                           (m, n_out)
T, S        signed activations 2A − 1 and targets 2Y − 1        (m, n_out)
P, Q        2A = 1 + T of a hidden layer; Q = [P, 2]            (m, n), (m, n + 1)
U           [W; b] / 4 of a layer above the first               (n_in + 1, n_out)
d           scaled error −(ηw/8m) δ                             (m, n_out)
r           −ηw/16m, by which 2δ becomes d                      () or (m, 1)
E, L        inputs that turn into errors; how rows depend on    (rows, h), (rows, rows)
            earlier ones (`sgd`)
==========  ==================================================  ====================
"""
