// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Methods of fitting by name. */
public enum FitMethod {
  /** Levenberg and Marquardt's. */
  LM
}
