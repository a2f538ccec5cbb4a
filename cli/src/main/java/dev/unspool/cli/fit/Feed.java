// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

/** What a model sees of the earlier outputs while it is trained. */
public enum Feed {
  /** Its own: as it will be in a simulation. */
  PARALLEL,
  /** The measured ones: every step is one ahead. */
  SERIES_PARALLEL
}
