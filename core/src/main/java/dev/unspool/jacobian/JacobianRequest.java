// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

/**
 * Which derivatives are wanted.
 *
 * @param depth k2: the outputs of step t are differentiated through the steps t − k2 + 1 to t, and
 *     what lies before is a constant; {@link #UNTRUNCATED} for all of them
 * @param sensitivities whether derivatives with respect to inputs and states are wanted too
 */
public record JacobianRequest(int depth, boolean sensitivities) {
  /** A depth that no sequence has. */
  public static final int UNTRUNCATED = Integer.MAX_VALUE;

  /** Checks the depth. */
  public JacobianRequest {
    if (depth < 1) {
      throw new IllegalArgumentException(
          "a Jacobian needs a truncation depth k2 of at least 1, found " + depth);
    }
  }

  /** dy_t/dθ only. */
  public static JacobianRequest depth(int depth) {
    return new JacobianRequest(depth, false);
  }

  /** dy_t/dθ only, not truncated. */
  public static JacobianRequest untruncated() {
    return new JacobianRequest(UNTRUNCATED, false);
  }

  /** The same, and derivatives with respect to inputs and states. */
  public JacobianRequest withSensitivities() {
    return new JacobianRequest(depth, true);
  }
}
