// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Turns a plain state dict that Python has written with {@code torch.save} into a safetensors file.
 * Nothing else here reads pickles, and nothing calls this by itself: pickles from strangers are
 * unsafe in Python. libtorch's own reader, which is used here, knows tensors and containers only
 * and runs no code, but it is native code over untrusted bytes: convert files that you trust.
 */
public final class PickledStateDict {
  private PickledStateDict() {}

  /**
   * Converts.
   *
   * @param pickle written by {@code torch.save(dict(model.state_dict()), path)} (the {@code dict}
   *     matters: libtorch's reader takes a plain dict of tensors, not the OrderedDict that a state
   *     dict is)
   * @param safetensors to be written; float32 and float64 tensors stay what they are, float16 and
   *     bfloat16 become float32, integers and booleans int64
   * @throws IOException if the file is not a state dict of plain tensors, or has tensors of another
   *     type (complex numbers)
   */
  public static void convert(Path pickle, Path safetensors) throws IOException {
    LibTorch.load();
    byte[] bytes = Files.readAllBytes(pickle);
    var tensors = new LinkedHashMap<String, Tensor>();
    try (var _ = new PointerScope()) {
      IValue value = load(pickle, bytes);
      if (!value.isGenericDict()) {
        throw notADict(pickle, "it holds " + value.tagKind().getString(), null);
      }
      var dict = value.toGenericDict();
      var end = dict.end();
      for (var entry = dict.begin(); entry.notEquals(end); entry.increment()) {
        IValue key = entry.access().key();
        IValue tensor = entry.access().value();
        if (!key.isString() || !tensor.isTensor()) {
          throw notADict(pickle, "it holds more than tensors by name", null);
        }
        String name = key.toStringRef().getString();
        tensors.put(name, copy(pickle, name, tensor.toTensor()));
      }
    }
    Safetensors.write(safetensors, tensors, Map.of("format", "pt"));
  }

  private static IValue load(Path pickle, byte[] bytes) throws IOException {
    try {
      return torch.pickle_load(new ByteVector(bytes));
    } catch (RuntimeException e) {
      throw notADict(pickle, "libtorch's reader does not take it", e);
    }
  }

  private static IOException notADict(Path file, String found, @Nullable Throwable cause) {
    return new IOException(
        "%s is not a state dict of plain tensors (%s); save it with torch.save(dict(model.state_dict()), path)"
            .formatted(file, found),
        cause);
  }

  private static Tensor copy(Path file, String name, org.bytedeco.pytorch.Tensor tensor)
      throws IOException {
    long[] shape = Shapes.of(tensor);
    return switch (tensor.scalar_type().intern()) {
      case Double -> Tensor.of(HostArrays.doubles(tensor), shape);
      case Float, Half, BFloat16 -> {
        var values = new float[Math.toIntExact(tensor.numel())];
        HostArrays.read(tensor, values, 0);
        yield Tensor.of(values, shape);
      }
      case Byte, Char, Short, Int, Long, Bool -> Tensor.of(HostArrays.longs(tensor), shape);
      default ->
          throw new IOException(
              "%s: '%s' is %s, which is not converted; save it as float32, or a complex one as torch.view_as_real(…)"
                  .formatted(file, name, Shapes.describe(tensor)));
    };
  }
}
