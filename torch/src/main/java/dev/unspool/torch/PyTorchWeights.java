// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.cell.CellParameter;
import dev.unspool.cell.ProjectedLstm;
import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.network.Part;
import dev.unspool.step.LayerName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Weights to and from Python, bit for bit: safetensors files of a state dict made of {@code
 * torch.nn.Embedding}, {@code LSTM}/{@code GRU}/{@code RNN} and {@code Linear} on one side, the
 * parameters of a {@link dev.unspool.network.Network} on the other.
 *
 * <pre>{@code
 * # Python                                              // Java
 * class M(nn.Module):                                   var names = new PyTorchWeights("emb", "lstm", "fc");
 *   def __init__(self):                                 names.read(Path.of("m.safetensors"), theta);
 *     self.emb = nn.Embedding(1000, 64)                 names.write(Path.of("n.safetensors"), theta);
 *     self.lstm = nn.LSTM(64, 128, num_layers=2)
 *     self.fc = nn.Linear(128, 1000)
 * save_file(m.state_dict(), "m.safetensors")
 * }</pre>
 *
 * <p>Parameters of other names (a learned initial state, a model of one's own) keep theirs. An
 * {@code LSTMCell}, whose weights are called {@code weight_ih} and so on, is read as layer 0. Of a
 * tied output, whose table Python knows under two names, a file may hold either name or both.
 *
 * @param embedding what the embedding is called in Python
 * @param recurrent what the recurrent layers are called; empty for a file of them alone
 * @param output what the linear output is called
 */
public record PyTorchWeights(String embedding, String recurrent, String output) {
  private static final String TABLE = Part.EMBEDDING.weight();
  private static final String LOGITS = Part.OUTPUT.weight();

  /** Unspool's own names: {@code embedding.weight}, {@code weight_ih_l0}, {@code output.weight}. */
  public PyTorchWeights() {
    this(Part.EMBEDDING.label(), "", Part.OUTPUT.label());
  }

  /**
   * Reads all parameters.
   *
   * @param into overwritten, unless something is wrong
   * @throws IllegalArgumentException if a tensor is missing, has another shape or holds integers,
   *     if the recurrent layers have tensors that this model does not know, or if its output is
   *     tied and the file has two tables that differ
   * @throws IOException if the file cannot be read or is damaged
   */
  public void read(Path file, Parameters into) throws IOException {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".bin")) {
      throw new IllegalArgumentException(
          "%s is a pickle; save it as safetensors in Python, or convert it with PickledStateDict.convert"
              .formatted(file));
    }
    var tensors = new LinkedHashMap<>(Safetensors.read(file).tensors());
    if (isTied(into.layout())) {
      shareTable(tensors, file);
    }
    var values = new LinkedHashMap<String, float[]>();
    for (var slice : into.layout().slices()) {
      values.put(slice.name(), take(tensors, slice, file));
    }
    for (String left : tensors.keySet()) {
      if (left.startsWith(prefix(recurrent) + "weight_")
          || left.startsWith(prefix(recurrent) + "bias_")) {
        throw new IllegalArgumentException(
            "%s has '%s', which this model does not have (more layers, bidirectional, or a projection)"
                .formatted(file, left));
      }
    }
    values.forEach(into::set);
  }

  private static boolean isTied(ParameterLayout layout) {
    var names = layout.slices().stream().map(ParameterLayout.Slice::name).toList();
    return names.contains(TABLE) && names.contains(Part.OUTPUT.bias()) && !names.contains(LOGITS);
  }

  /** Leaves the one table that a tied output shares with the embedding under the latter's name. */
  private void shareTable(Map<String, Tensor> tensors, Path file) {
    Tensor table = tensors.get(name(TABLE));
    Tensor logits = tensors.remove(name(LOGITS));
    if (logits == null) {
      return;
    }
    if (table == null) {
      tensors.put(name(TABLE), logits);
    } else if (!table.shape().equals(logits.shape())
        || !Arrays.equals(floats(table, name(TABLE), file), floats(logits, name(LOGITS), file))) {
      throw new IllegalArgumentException(
          ("%s: '%s' and '%s' differ, and this model has one table for both; read them into a model"
                  + " whose output is not tied")
              .formatted(file, name(TABLE), name(LOGITS)));
    }
  }

  private float[] take(Map<String, Tensor> tensors, ParameterLayout.Slice slice, Path file) {
    String name = name(slice.name());
    Tensor tensor = tensors.remove(name);
    LayerName layered = LayerName.ofParameter(name);
    if (tensor == null && layered != null && layered.layer() == 0) {
      tensor = tensors.remove(layered.name()); // of a single cell
    }
    if (tensor == null) {
      String hint =
          slice.name().equals(LOGITS)
                  || (slice.name().equals(TABLE) && tensors.containsKey(name(LOGITS)))
              ? "; if Python ties the output to the embedding, make the model withTiedOutput()"
              : "";
      throw new IllegalArgumentException(
          "%s has no tensor '%s'; it has %s%s".formatted(file, name, tensors.keySet(), hint));
    }
    var shape = slice.shape().stream().map(Integer::longValue).toList();
    if (!tensor.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "%s: '%s' is %s, the model takes %s".formatted(file, name, tensor, shape));
    }
    return floats(tensor, name, file);
  }

  private static float[] floats(Tensor tensor, String name, Path file) {
    try {
      return tensor.floats();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s: '%s' is %s: %s; save it as float32".formatted(file, name, tensor, e.getMessage()),
          e);
    }
  }

  /** Writes all parameters as float32. */
  public void write(Path file, Parameters theta) throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    for (var slice : theta.layout().slices()) {
      long[] shape = slice.shape().stream().mapToLong(Integer::longValue).toArray();
      tensors.put(name(slice.name()), Tensor.of(theta.get(slice.name()), shape));
    }
    Safetensors.write(file, tensors, Map.of("format", "pt"));
  }

  private String name(String own) {
    if (Part.EMBEDDING.owns(own)) {
      return prefix(embedding) + own.substring(prefix(Part.EMBEDDING.label()).length());
    }
    if (Part.OUTPUT.owns(own)) {
      return prefix(output) + own.substring(prefix(Part.OUTPUT.label()).length());
    }
    LayerName layered = LayerName.ofParameter(own);
    boolean recurs =
        layered != null
            && (CellParameter.isOne(layered.name()) || layered.name().equals(ProjectedLstm.WEIGHT));
    return recurs ? prefix(recurrent) + own : own;
  }

  private static String prefix(String module) {
    return module.isEmpty() ? "" : module + ".";
  }
}
