// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** Chooses the kernels once, when they are first needed. */
final class KernelLookup {
  static final Kernels CHOSEN = choose(System.getProperty("unspool.kernels", ""));

  private KernelLookup() {}

  static Kernels choose(String wanted) {
    return switch (wanted) {
      case "", "scalar" -> new ScalarKernels();
      default ->
          throw new IllegalArgumentException(
              "system property unspool.kernels is '%s', expected scalar".formatted(wanted));
    };
  }
}
