// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

/** Another way to dy_t/dθ of every step, by one sweep for each. */
interface JacobianPeer extends AutoCloseable {
  String name();

  /**
   * Differentiates the outputs of all steps.
   *
   * @param into steps × θ, overwritten; of no steps if only the time matters
   */
  void differentiate(double[][] into);

  @Override
  void close();
}
