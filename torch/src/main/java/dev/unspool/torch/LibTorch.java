// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Loads libtorch, once, before anything else touches it.
 *
 * <p>JavaCPP unpacks its libraries one by one, on demand, and in an order in which a library is
 * loaded before the one that it needs has been unpacked. The dynamic linker then looks for the
 * missing one in the system's directories: where the system has a libtorch of its own (Debian's
 * libtorch-dev), that one is taken, and the process crashes. So everything is unpacked first, and
 * loaded by its full path in the order of dependence; the linker never needs to search. (Tried with
 * Debian 12's libtorch 1.13 and an empty cache: JavaCPP alone aborts, this loads and computes.)
 */
public final class LibTorch {
  /** In the order in which they depend on each other, as far as a platform has them. */
  private static final List<String> LIBRARIES =
      List.of(
          "libgomp.so.1",
          "libc10.so",
          "libtorch_cpu.so",
          "libc10_cuda.so",
          "libtorch_cuda_linalg.so",
          "libtorch_cuda.so",
          "libtorch.so",
          "libiomp5.dylib",
          "libc10.dylib",
          "libtorch_cpu.dylib",
          "libtorch.dylib",
          "uv.dll",
          "asmjit.dll",
          "fbgemm.dll",
          "c10.dll",
          "torch_cpu.dll",
          "torch.dll");

  /** What the platform's name ends with where the natives are those for CUDA. */
  private static final String CUDA = "-gpu";

  private LibTorch() {}

  /**
   * Loads libtorch if that has not happened yet. {@link TorchModel} does so by itself; call it
   * first thing in a program that makes tensors or modules before it makes a model.
   *
   * @throws UnsatisfiedLinkError with one line that says what to add, if there are no natives for
   *     this platform
   */
  public static void load() {
    Holder.ensureLoaded();
  }

  /** The class initialiser of this class runs once, whoever comes first. */
  private static final class Holder {
    static {
      loadNatives(Loader.getPlatform());
    }

    static void ensureLoaded() {}
  }

  static void loadNatives(String platform) {
    String folder = folder(platform);
    if (folder == null) {
      throw new UnsatisfiedLinkError(missing(platform));
    }
    try {
      Loader.load(openblas_nolapack.class);
      load(unpack(folder), folder);
      Loader.load(torch.class);
    } catch (IOException e) {
      throw (Error)
          new UnsatisfiedLinkError(
                  "libtorch could not be unpacked into '%s' (%s): free some space (400 MB), or name another folder with -Dorg.bytedeco.javacpp.cachedir"
                      .formatted(
                          System.getProperty("org.bytedeco.javacpp.cachedir", "~/.javacpp/cache"),
                          e.getMessage()))
              .initCause(e);
    }
  }

  /** Where the class path has the natives: those for CUDA first, as JavaCPP prefers them too. */
  private static @Nullable String folder(String platform) {
    for (String extension : List.of(CUDA, "")) {
      String folder = "/org/bytedeco/pytorch/" + platform + extension + "/";
      if (torch.class.getResource(folder + libraryName("c10", platform)) != null) {
        return folder;
      }
    }
    return null;
  }

  /** One line for a platform without natives. */
  static String missing(String platform) {
    return ("no libtorch for the platform '%s' on the class path: add org.bytedeco:pytorch-platform, or the artifacts"
            + " org.bytedeco:javacpp, openblas and pytorch with that classifier (there are linux-x86_64, macosx-arm64 and"
            + " windows-x86_64); the built-in cells of unspool-core need no libtorch")
        .formatted(platform);
  }

  private static String libraryName(String name, String platform) {
    if (platform.startsWith("windows")) {
      return name + ".dll";
    }
    return "lib" + name + (platform.startsWith("macosx") ? ".dylib" : ".so");
  }

  private static List<Path> unpack(String folder) throws IOException {
    var files = new ArrayList<Path>();
    for (String library : LIBRARIES) {
      URL resource = torch.class.getResource(folder + library);
      if (resource != null) {
        files.add(Loader.cacheResource(resource).toPath());
      }
    }
    return files;
  }

  /**
   * Loads by full path. Not by {@link System#load}, which would bind the library to the class
   * loader of this class, and JavaCPP's may be another.
   */
  @SuppressWarnings("restricted") // whoever uses libtorch has enabled native access
  private static void load(List<Path> libraries, String folder) {
    if (!folder.contains("/linux")) {
      return; // unpacked beside each other, they find each other
    }
    for (Path library : libraries) {
      try {
        SymbolLookup _ = SymbolLookup.libraryLookup(library, Arena.global());
      } catch (IllegalArgumentException e) {
        if (folder.endsWith(CUDA + "/")) {
          return; // needs NVIDIA's libraries, which JavaCPP may have to unpack first
        }
        throw e;
      }
    }
  }
}
