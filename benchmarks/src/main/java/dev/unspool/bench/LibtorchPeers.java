// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.torch.LibTorch;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's C++ library, in this JVM. */
final class LibtorchPeers implements Peers {
  /** The library that libtorch computes products with. */
  private static final String OPENBLAS = System.mapLibraryName("openblas") + ".0";

  private LibtorchPeers() {}

  /**
   * Loads it.
   *
   * @throws UnsatisfiedLinkError or another {@link LinkageError} if there is none for this platform
   */
  static LibtorchPeers load(int threads) {
    LibTorch.load();
    torch.set_num_threads(threads);
    limitOpenBlas(threads);
    return new LibtorchPeers();
  }

  /** OpenBLAS has threads of its own here, of which libtorch knows nothing. */
  @SuppressWarnings("restricted") // the launcher allows native access
  private static void limitOpenBlas(int threads) {
    try {
      MemorySegment function =
          SymbolLookup.libraryLookup(OPENBLAS, Arena.global())
              .findOrThrow("openblas_set_num_threads");
      Linker.nativeLinker()
          .downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException(
          "the threads of %s cannot be limited: %s".formatted(OPENBLAS, e.getMessage()), e);
    }
  }

  @Override
  public List<Contender> open(Sample sample, Notes notes) {
    Shape shape = sample.shape();
    if (!shape.isInPyTorch()) {
      notes.say("libtorch is left out: it has no " + shape.cell());
      return List.of();
    }
    if (shape.k1() == shape.k2()) {
      return List.of(new LibtorchWindows(sample));
    }
    // With updates in place, autograd refuses to go back through a retained step.
    return shape.layers() > 1 || shape.vocabulary() > 0 || shape.family().adam()
        ? List.of(new LibtorchWindows(sample))
        : List.of(new LibtorchWindows(sample), new LibtorchRetained(sample));
  }

  @Override
  public void close() {
    // Libraries stay loaded.
  }
}
