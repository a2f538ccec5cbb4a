// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Learning-rate schedules by name. */
public enum ScheduleKind {
  /** The same rate throughout. */
  CONSTANT,
  /** Divided by a factor each epoch after a given one. */
  STEP,
  /** Half a cosine from the rate to zero, after a linear warm-up. */
  COSINE
}
