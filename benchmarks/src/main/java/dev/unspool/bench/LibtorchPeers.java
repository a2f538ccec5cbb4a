// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's C++ library, in this JVM. */
final class LibtorchPeers implements Peers {

  private LibtorchPeers() {}

  /**
   * Loads it.
   *
   * @throws UnsatisfiedLinkError or another {@link LinkageError} if there is none for this platform
   */
  static LibtorchPeers load(int threads) {
    Loader.load(openblas_nolapack.class);
    Loader.load(torch.class);
    torch.set_num_threads(threads);
    return new LibtorchPeers();
  }

  @Override
  public List<Contender> open(Sample sample, Notes notes) {
    Shape shape = sample.shape();
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
