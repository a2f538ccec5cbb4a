// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

/** What keeps a record from being predicted or learned from. Weights and state stay as they are. */
public enum Incident {
  /** An input is NaN or infinite, or is so when it is scaled. */
  INPUT,
  /** What the model put out is NaN or infinite. */
  OUTPUT,
  /** The state would be larger than the limit, or is not finite. */
  STATE,
  /**
   * A truth is infinite, beyond 10¹⁵⁰, or too far from what was said for a number of 32 bits; NaN
   * is not an incident, but says that it is not known.
   */
  TRUTH,
  /** The loss is NaN or infinite. */
  LOSS,
  /** The gradient is NaN or infinite. */
  GRADIENT,
  /** The loss is as many times as large as usual as was set. */
  SPIKE
}
