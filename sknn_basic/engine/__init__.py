"""The numerics: stochastic gradient descent for networks of neurons.

Pure functions on arrays and a few small records; NumPy and SciPy only. Nothing here
knows of labels, estimators or scikit-learn. Reading order is import order:
`activations`, `costs`, `initializers`, `network`, `samples`, `sgd`, `training`.

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
m           samples in a mini-batch
eta         learning rate η
alpha       L2 strength: cost = mean wC + α/2 Σ‖W‖²
mu          momentum μ
==========  ==================================================  ====================
"""
