// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a safetensors file: named tensors, and some text about them. PyTorch and others
 * read and write such files ({@code safetensors.torch.load_file(path)}), and unlike a pickle they
 * hold nothing but numbers.
 *
 * <p>The format, whose home is <a
 * href="https://huggingface.co/docs/safetensors">huggingface.co/docs/safetensors</a>, all
 * little-endian:
 *
 * <table>
 * <caption>A safetensors file</caption>
 * <tr><th>bytes</th><th>content</th></tr>
 * <tr><td>8</td><td>n, the length of the header: an unsigned 64-bit integer</td></tr>
 * <tr><td>n</td><td>the header: one JSON object in UTF-8. It begins with a brace and may end with
 *   spaces, which align what follows</td></tr>
 * <tr><td>the rest</td><td>the data: the elements of each tensor, row-major, without gaps</td></tr>
 * </table>
 *
 * <p>The header has a member for each tensor; {@code data_offsets} are begin and end of its data,
 * counted from the end of the header. The member {@code __metadata__}, if there is one and it is
 * not null, maps strings to strings:
 *
 * <pre>{@code
 * {"__metadata__": {"format": "pt"},
 *  "weight_hh_l0": {"dtype": "F32", "shape": [256, 64], "data_offsets": [0, 65536]},
 *  "bias_hh_l0":   {"dtype": "F32", "shape": [256],     "data_offsets": [65536, 66560]}}
 * }</pre>
 *
 * <p>Names are unique; the shape {@code []} is a single number; an extent may be 0. Every byte of
 * the data belongs to exactly one tensor: ranges neither overlap nor leave gaps. {@link #read}
 * insists on all of this, whatever the file claims, and never asks for more memory than the file is
 * long. It reads the element types of {@link DType} and refuses headers above 16 MiB (the reference
 * implementation: 100 MB), which is room for some 100 000 tensors. {@link #write} puts wide
 * elements before narrow ones, so that all are aligned.
 */
public final class Safetensors {
  private final Map<String, Tensor> tensors;
  private final Map<String, String> metadata;

  Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** The tensors by name, in the order of the header. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** The text about them; empty if there is none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * One tensor.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists those there
   *     are
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no tensor '%s'; the file has %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  /**
   * Reads a whole file.
   *
   * @throws CheckpointException if there is no such file or it breaks the rules of the format
   * @throws IOException if the file cannot be read
   */
  public static Safetensors read(Path file) throws IOException {
    return SafetensorsReader.read(file);
  }

  /**
   * Writes a file, completely or not at all: whatever happens, what had that name before is there
   * until the new file is on the disk. One thread at a time writes a file.
   *
   * @param tensors by name, in any order
   * @param metadata any text
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    FileWriter.write(Storage.DISK, file, new SafetensorsWriter(tensors, metadata));
  }
}
