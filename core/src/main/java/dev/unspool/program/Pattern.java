// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Equations that are looked for in a program, for who has an operator for them: those of a cell,
 * say, written by the cell itself. Found are the same operations on states of the same widths;
 * input, parameters and names may be any.
 *
 * @param program the equations; its first state is the one that the others are found from
 */
public record Pattern(Program program) {

  /**
   * Where the equations were found.
   *
   * @param input what stands for the input: a node of the program
   * @param states what stands for each state, in the order of the pattern
   * @param vectors what stands for each vector of parameters, by the pattern's name
   * @param matrices what stands for each matrix, by the pattern's name
   */
  public record Match(
      Node input,
      List<StateArray> states,
      Map<String, Node> vectors,
      Map<String, Matrix> matrices) {
    /** Copies the collections. */
    public Match {
      states = List.copyOf(states);
      vectors = Map.copyOf(vectors);
      matrices = Map.copyOf(matrices);
    }

    /** What stands for a vector, by the pattern's name. */
    public Node vector(String name) {
      return Objects.requireNonNull(vectors.get(name), name);
    }

    /** What stands for a matrix, by the pattern's name. */
    public Matrix matrix(String name) {
      return Objects.requireNonNull(matrices.get(name), name);
    }
  }

  /**
   * Looks for the equations.
   *
   * @param states which states of {@code program} there are to be found, no more and no less
   * @return null if they are other equations
   */
  public @Nullable Match find(Program in, List<StateArray> states) {
    if (states.size() != program.states().size()) {
      return null;
    }
    for (StateArray first : states) {
      Match match = new Search(in).from(first);
      if (match != null && states.containsAll(match.states())) {
        return match;
      }
    }
    return null;
  }

  private record Pair(Node mine, Node theirs) {}

  private final class Search {
    private final Map<Node, StateArray> entering = new HashMap<>();
    private final Map<Node, Node> bound = new HashMap<>();
    private final Map<String, Node> vectors = new HashMap<>();
    private final Map<String, Matrix> matrices = new HashMap<>();
    private final Map<Integer, StateArray> states = new TreeMap<>();
    private final Deque<Pair> todo = new ArrayDeque<>();

    Search(Program in) {
      in.states().forEach(state -> entering.put(state.entering(), state));
    }

    @Nullable Match from(StateArray first) {
      todo.push(new Pair(program.states().getFirst().entering(), first.entering()));
      while (!todo.isEmpty()) {
        Pair pair = todo.pop();
        Node known = bound.putIfAbsent(pair.mine(), pair.theirs());
        if (known == null ? !fits(pair.mine(), pair.theirs()) : known != pair.theirs()) {
          return null;
        }
      }
      Node input = bound.get(program.input());
      return input == null || states.size() < program.states().size()
          ? null
          : new Match(input, List.copyOf(states.values()), vectors, matrices);
    }

    private boolean fits(Node mine, Node theirs) {
      if (mine.is(Leaf.Role.INPUT)) {
        return true; // of any width
      }
      if (mine.width() != theirs.width()) {
        return false;
      }
      return switch (mine.op()) {
        case Leaf(var role, var _, int index, var _, var _) when role == Leaf.Role.STATE ->
            state(index, theirs);
        case Leaf(var role, String name, var _, var _, var _) when role == Leaf.Role.VECTOR -> {
          vectors.put(name, theirs);
          yield !theirs.perRow();
        }
        case Linear(Matrix matrix, boolean transposed) ->
            theirs.op() instanceof Linear(Matrix other, boolean turned)
                && transposed == turned
                && other.equals(matrices.computeIfAbsent(matrix.name(), _ -> other))
                && arguments(mine, theirs);
        default -> mine.op().equals(theirs.op()) && arguments(mine, theirs);
      };
    }

    private boolean state(int index, Node theirs) {
      StateArray state = entering.get(theirs);
      if (state == null) {
        return false;
      }
      states.put(index, state);
      todo.push(new Pair(program.states().get(index).leaving(), state.leaving()));
      return true;
    }

    private boolean arguments(Node mine, Node theirs) {
      if (mine.args().size() != theirs.args().size()) {
        return false;
      }
      for (int i = 0; i < mine.args().size(); i++) {
        todo.push(new Pair(mine.arg(i), theirs.arg(i)));
      }
      return true;
    }
  }
}
