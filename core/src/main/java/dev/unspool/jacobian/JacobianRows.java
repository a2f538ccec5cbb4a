// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

/** Receives the derivatives of one step and lane after the other, so that nobody holds them all. */
@FunctionalInterface
public interface JacobianRows {
  /** One step of one lane; within a lane, steps come oldest first. */
  void accept(StepJacobian step);
}
