// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.lang.System.Logger.Level;

/** Chooses the kernels once, when they are first needed. */
final class KernelLookup {
  private static final String PROPERTY = "unspool.kernels";
  private static final String MODULE = "jdk.incubator.vector";

  static final Kernels CHOSEN = announced(System.getProperty(PROPERTY, ""));

  private KernelLookup() {}

  /**
   * The kernels that were asked for, or the best there are.
   *
   * @param wanted {@code scalar}, {@code simd}, or empty
   */
  static Kernels choose(String wanted) {
    boolean offered = isOffered();
    return switch (wanted) {
      case "scalar" -> new ScalarKernels();
      case "simd" -> {
        if (!offered) {
          throw new IllegalStateException(
              "system property %s is 'simd', but the JVM runs without the module %s; start it with --add-modules %s"
                  .formatted(PROPERTY, MODULE, MODULE));
        }
        yield new SimdKernels();
      }
      case "" -> offered && Simd.isSupported() ? new SimdKernels() : new ScalarKernels();
      default ->
          throw new IllegalArgumentException(
              "system property %s is '%s', expected scalar or simd".formatted(PROPERTY, wanted));
    };
  }

  /** The same, and what there is to say of it: once in a process, here and nowhere else. */
  private static Kernels announced(String wanted) {
    Kernels chosen = choose(wanted);
    System.Logger logger = System.getLogger(KernelLookup.class.getName());
    logger.log(Level.DEBUG, "kernels: {0}", chosen);
    if (wanted.isEmpty() && !isOffered()) {
      logger.log(
          Level.WARNING, "vector kernels are off: start Java with --add-modules {0}", MODULE);
    }
    return chosen;
  }

  private static boolean isOffered() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /** As {@link #CHOSEN}, with a crew where the kernels can use one. */
  static Kernels open(int threads) {
    return CHOSEN instanceof SimdKernels && threads > 1
        ? new SimdKernels(new Crew(threads))
        : CHOSEN;
  }
}
