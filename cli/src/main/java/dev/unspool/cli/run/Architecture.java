// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.network.NetworkSpec.Head;
import dev.unspool.network.NetworkSpec.Layer;
import dev.unspool.network.Wiring;
import dev.unspool.step.Signal;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network as it is configured, with the cell that its user wrote.
 *
 * @param config what the run says
 * @param own the user's own cell, if there is one
 */
public record Architecture(NetworkConfig config, @Nullable CellFile own) {

  /**
   * The network for given inputs and outputs.
   *
   * @throws UsageException if its parts do not fit
   */
  NetworkSpec spec(Input input, int outputs) {
    try {
      if (config.layers() < 1 || config.layers() > 1024) {
        throw new UsageException("layers must be 1 to 1024, found " + config.layers());
      }
      List<String> cells = config.cells();
      List<Integer> widths = config.widths();
      var layers =
          IntStream.range(0, config.layers())
              .mapToObj(l -> new Layer(cell(cells.get(l)), widths.get(l)))
              .toList();
      NetworkConfig.Stack around = config.around();
      var wiring =
          new Wiring(
              List.of(0),
              0,
              around.residual(),
              around.norm(),
              around.skip(),
              (float) config.dropout());
      var head = new Head(around.head(), outputs, config.tied());
      return new NetworkSpec(input, layers, wiring, head, config.learnedInitialState());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /**
   * The network.
   *
   * @throws UsageException if sizes, or what is said of a built-in cell, do not go together
   */
  public Network network(Input input, int outputs) {
    NetworkSpec spec = spec(input, outputs);
    try {
      return new Network(spec);
    } catch (IllegalArgumentException e) {
      if (own != null) {
        throw e; // what is wrong stands in a file
      }
      throw new UsageException(e);
    }
  }

  private Cell cell(String name) {
    if (own != null && own.name().equals(name)) {
      return own.cell();
    }
    return config.cellCrc32c() != null && name.equals(config.ownCell())
        ? new Cell(name, (_, _, _) -> notRead(name))
        : Cell.named(name);
  }

  /** Sizes can be checked without the user's cell. */
  private static Signal notRead(String name) {
    throw new IllegalStateException(name + " was not read");
  }

  /** Keeps the user's own cell with the run. */
  public void keep(RunFolder folder) throws IOException {
    if (own != null) {
      own.write(folder.cell());
    }
  }
}
