// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.network.Initialisation;
import dev.unspool.network.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The network between what goes in and what comes out, which the data decide.
 *
 * @param cell cells of the recurrent layers: the name of one for all, or of each, with commas; one
 *     that ends in {@code .java} is the user's own
 * @param hidden units of each layer; of the first, where {@code stack} says more
 * @param layers number of recurrent layers
 * @param dropout probability between layers
 * @param embedding width of the table that tokens are looked up in; 0: one-hot; not for numbers
 * @param tied whether the output uses that table too
 * @param learnedInitialState whether the initial state is learned
 * @param init how the weights begin; null as PyTorch's do
 * @param stack what is not in a stack of equal layers under a linear output; null for that
 * @param cellCrc32c checksum of the user's own cell, which is in the run's folder; null without one
 */
public record NetworkConfig(
    String cell,
    int hidden,
    int layers,
    double dropout,
    int embedding,
    boolean tied,
    boolean learnedInitialState,
    @Nullable Initialisation init,
    @Nullable Stack stack,
    @Nullable String cellCrc32c) {

  /**
   * What is around the layers.
   *
   * @param hidden units of each layer
   * @param residual whether each layer's input is added to its output
   * @param norm whether there is layer normalisation between layers
   * @param skip whether the input is beside what each layer and the output see
   * @param head widths of the rectified layers before the output
   */
  public record Stack(
      List<Integer> hidden, boolean residual, boolean norm, boolean skip, List<Integer> head) {}

  /** What is around the layers, said or not. */
  public Stack around() {
    return stack != null ? stack : new Stack(List.of(hidden), false, false, false, List.of());
  }

  /** How the weights begin. */
  public Initialisation initialisation() {
    return init == null ? Initialisation.PYTORCH : init;
  }

  /** The name of the cell that the user wrote; empty where there is none. */
  public String ownCell() {
    return cells().stream().filter(name -> name.endsWith(CellFile.SUFFIX)).findFirst().orElse("");
  }

  /** The name of each layer's cell. */
  List<String> cells() {
    List<String> names = List.of(cell.split(",", -1));
    return repeated(names, "cell", "name");
  }

  /** The units of each layer. */
  List<Integer> widths() {
    return repeated(around().hidden, "hidden", "width");
  }

  private <T> List<T> repeated(List<T> each, String option, String what) {
    if (each.size() != 1 && each.size() != layers) {
      throw new UsageException(
          "--%s has %s %ss for %s layers; give one, or one for each layer"
              .formatted(option, each.size(), what, layers));
    }
    return IntStream.range(0, layers).mapToObj(l -> each.get(l % each.size())).toList();
  }

  /** In a few words. */
  public String describe() {
    Stack around = around();
    var words = new ArrayList<String>();
    words.add(cell);
    words.add(
        "%s of %s"
            .formatted(
                Numbers.count(layers, "layer"),
                around.hidden.size() == 1
                    ? Numbers.count(hidden, "unit")
                    : list(around.hidden) + " units"));
    words.addAll(around.residual ? List.of("residual") : List.of());
    words.addAll(around.norm ? List.of("norm") : List.of());
    words.addAll(around.skip ? List.of("skip") : List.of());
    words.addAll(around.head.isEmpty() ? List.of() : List.of("head " + list(around.head)));
    words.addAll(dropout > 0 ? List.of("dropout " + dropout) : List.of());
    words.addAll(init == null ? List.of() : List.of("init " + init));
    return String.join(", ", words);
  }

  private static String list(List<Integer> widths) {
    return String.join(",", widths.stream().map(String::valueOf).toList());
  }

  /** The input of a network that reads tokens. */
  Input tokens(int vocabulary) {
    return embedding == 0
        ? new Input.OneHot(vocabulary)
        : new Input.Embedding(vocabulary, embedding);
  }
}
