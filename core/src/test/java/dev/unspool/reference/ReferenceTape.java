// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Network;
import dev.unspool.reference.Graph.Node;
import dev.unspool.step.InterpretedProgram;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Truncated backpropagation through time by its definition. Every step since the beginning of the
 * stream is remembered. A sweep unrolls the newest steps again as a graph of scalars, from the
 * state at the cut, which is a constant, and differentiates it.
 *
 * <p>The weight policies by definition: {@link WeightPolicy#AS_APPLIED} unrolls each step with the
 * weights that it ran with; {@link WeightPolicy#REPLAY} computes the newest {@code capacity} steps
 * again, from the state before the oldest of them, as soon as anything is asked after the weights
 * have changed; {@link WeightPolicy#CURRENT} unrolls like AS_APPLIED, but differentiates each
 * product {@code w·x} with respect to x as today's w.
 */
public final class ReferenceTape {
  private final Model model;
  private final ReferenceStep step;
  private final Parameters theta;
  private final WeightPolicy policy;
  private final int lanes;
  private final int capacity;
  private final List<Step> steps = new ArrayList<>();

  /** Lanes × arrays × units: the state that the next step starts from. */
  private double[][][] carried;

  /** Lanes × arrays: norm of the sizes of the numbers that it is the sum of. */
  private final double[][] carriedSize;

  private double narrowest = Double.POSITIVE_INFINITY;

  private final boolean[] pendingReset;

  /** What is remembered of one step. */
  private static final class Step {
    final double[][] inputs;
    final boolean[] resets;
    final double @Nullable [][][] masks;
    float[] theta;
    double[][][] entering = {};
    double[][] outputs = {};

    Step(double[][] inputs, boolean[] resets, double @Nullable [][][] masks, float[] theta) {
      this.inputs = inputs;
      this.resets = resets;
      this.masks = masks;
      this.theta = theta;
    }
  }

  /**
   * What a sweep yields. Step 0 is the oldest of the sweep.
   *
   * @param value of the objective
   * @param gradient in θ's layout
   * @param magnitude for each parameter, the sum of the absolute values that add up to it
   * @param inputs steps × lanes × inputs
   * @param states steps × lanes × arrays × units: with respect to the state that a step ran with
   */
  public record Derivatives(
      double value,
      double[] gradient,
      double[] magnitude,
      double[][][] inputs,
      double[][][][] states) {}

  /**
   * A tape at the initial state. The parameters are shared and read at every step.
   *
   * @param model a {@link Network}, whose cells, where they are PyTorch's, are written down here
   *     once more, or a {@link StepProgram}, of which nothing but what its author wrote is used
   */
  public ReferenceTape(
      Model model, Parameters theta, WeightPolicy policy, int lanes, int capacity) {
    this(stepOf(model), theta, policy, lanes, capacity);
  }

  private static ReferenceStep stepOf(Model model) {
    return switch (model) {
      case Network network when ReferenceNetwork.knows(network) -> new ReferenceNetwork(network);
      case Network network -> new ReferenceProgram(network.program());
      case StepProgram program -> new ReferenceProgram(program);
      case InterpretedProgram(StepProgram program) -> new ReferenceProgram(program);
      default -> throw new IllegalArgumentException("no reference for " + model);
    };
  }

  private ReferenceTape(
      ReferenceStep step, Parameters theta, WeightPolicy policy, int lanes, int capacity) {
    this.model = step.model();
    this.step = step;
    this.theta = theta;
    this.policy = policy;
    this.lanes = lanes;
    this.capacity = capacity;
    this.carried = new double[lanes][][];
    this.carriedSize = new double[lanes][model.state().arrays().size()];
    this.pendingReset = new boolean[lanes];
    Arrays.fill(pendingReset, true);
  }

  /** Number of steps since the beginning or the last restore. */
  public int steps() {
    return steps.size();
  }

  /** Lets a lane begin with the next step. */
  public void reset(int lane) {
    pendingReset[lane] = true;
  }

  /** Goes on from a state, lanes × arrays × units, as a constant, and forgets all steps. */
  public void restore(double[][][] state) {
    carried = state;
    steps.clear();
    Arrays.fill(pendingReset, false);
  }

  /** The state after the newest step, lanes × arrays × units. */
  public double[][][] state() {
    replay();
    double[][][] state = carried.clone();
    for (int lane = 0; lane < lanes; lane++) {
      if (pendingReset[lane]) {
        state[lane] = Nodes.values(step.initial(new Graph(), Nodes.constants(theta.values())));
      }
    }
    return state;
  }

  /** Lanes × arrays: norm of the sizes of the numbers that the state is the sum of. */
  public double[][] stateSizes() {
    return carriedSize;
  }

  /** As {@link Graph#narrowest}, of all that has run. */
  public double narrowest() {
    return narrowest;
  }

  /** The outputs of one of the newest steps, lanes × outputs; age 0 is the newest. */
  public double[][] outputs(int age) {
    replay();
    return steps.get(steps.size() - 1 - age).outputs;
  }

  /**
   * Runs a step.
   *
   * @param inputs lanes × features
   * @param resets lanes
   * @param masks lanes × dropouts × units: their factors, or null
   */
  public void forward(double[][] inputs, boolean[] resets, double @Nullable [][][] masks) {
    float[] today = version();
    replay();
    boolean[] begins = new boolean[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      begins[lane] = resets[lane] || pendingReset[lane];
      pendingReset[lane] = false;
    }
    var next = new Step(inputs, begins, masks, today);
    run(next);
    steps.add(next);
  }

  @SuppressWarnings("ReferenceEquality") // each version is an array of its own
  private void replay() {
    float[] today = version();
    if (policy != WeightPolicy.REPLAY || steps.isEmpty() || steps.getLast().theta == today) {
      return;
    }
    List<Step> held = steps.subList(Math.max(0, steps.size() - capacity), steps.size());
    carried = held.getFirst().entering;
    for (Step old : held) {
      old.theta = today;
      run(old);
    }
  }

  /** A copy of the parameters, the same one as for the last step if they have not changed. */
  private float[] version() {
    return !steps.isEmpty() && Arrays.equals(steps.getLast().theta, theta.values())
        ? steps.getLast().theta
        : theta.values().clone();
  }

  private void run(Step now) {
    now.entering = new double[lanes][][];
    now.outputs = new double[lanes][];
    double[][][] leaving = new double[lanes][][];
    for (int lane = 0; lane < lanes; lane++) {
      var graph = new Graph();
      Node[] weights = Nodes.constants(now.theta);
      Node[][] entering =
          now.resets[lane] ? step.initial(graph, weights) : Nodes.leaves(graph, carried[lane]);
      var result =
          step.step(
              graph,
              weights,
              Nodes.leaves(graph, now.inputs[lane]),
              entering,
              now.masks == null ? null : now.masks[lane]);
      now.entering[lane] = Nodes.values(entering);
      now.outputs[lane] = Nodes.values(result.outputs());
      leaving[lane] = Nodes.values(result.state());
      narrowest = Math.min(narrowest, graph.narrowest());
      for (int a = 0; a < leaving[lane].length; a++) {
        carriedSize[lane][a] =
            Close.norm(Arrays.stream(result.state()[a]).mapToDouble(Node::size).toArray());
      }
    }
    carried = leaving;
  }

  /**
   * One sweep.
   *
   * @param depth number of newest steps that are differentiated
   * @param read number of newest outputs that the objective reads; those older than {@code depth}
   *     are constants
   */
  public Derivatives sweep(int depth, int read, Objective objective) {
    replay();
    var graph = new Graph();
    var versions = new IdentityHashMap<float[], Node[]>();
    int cut = steps.size() - depth;
    Node[][][] inputs = new Node[depth][lanes][];
    Node[][][][] states = new Node[depth][lanes][][];
    Node[][][] outputs = new Node[depth][lanes][];
    Node[][][] left = new Node[lanes][][];
    for (int lane = 0; lane < lanes; lane++) {
      Node[][] state = Nodes.leaves(graph, steps.get(cut).entering[lane]);
      for (int t = 0; t < depth; t++) {
        Step now = steps.get(cut + t);
        Node[] weights = versions.computeIfAbsent(now.theta, old -> weights(graph, old));
        states[t][lane] =
            now.resets[lane] ? step.initial(graph, weights) : Nodes.same(graph, state);
        inputs[t][lane] = Nodes.leaves(graph, now.inputs[lane]);
        var result =
            step.step(
                graph,
                weights,
                inputs[t][lane],
                states[t][lane],
                now.masks == null ? null : now.masks[lane]);
        state = result.state();
        outputs[t][lane] = result.outputs();
      }
      left[lane] = state;
    }
    Node[][][] newest = new Node[read][lanes][];
    for (int t = 0; t < read; t++) {
      int inSweep = t + depth - read;
      for (int lane = 0; lane < lanes; lane++) {
        newest[t][lane] =
            inSweep >= 0
                ? outputs[inSweep][lane]
                : Nodes.leaves(graph, steps.get(cut + inSweep).outputs[lane]);
      }
    }
    Node value = objective.of(graph, newest, left);
    graph.differentiate(value);
    narrowest = Math.min(narrowest, graph.narrowest());
    double[] gradient = new double[theta.values().length];
    double[] magnitude = new double[gradient.length];
    for (Node[] weights : versions.values()) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += weights[i].derivative();
        magnitude[i] += weights[i].magnitude();
      }
    }
    return new Derivatives(
        value.value(), gradient, magnitude, Nodes.derivatives(inputs), Nodes.derivatives(states));
  }

  /** A sweep with the mean squared error of the newest {@code targets.steps()} outputs. */
  public Derivatives sweep(int depth, Steps targets, Steps mask) {
    return sweep(depth, targets.steps(), Objective.squaredError(targets, mask));
  }

  /** The same, and {@code Σ ahead·s} over the state that the newest step has left. */
  public Derivatives sweep(int depth, Steps targets, Steps mask, State ahead) {
    return sweep(depth, targets.steps(), Objective.squaredError(targets, mask).plus(ahead));
  }

  private Node[] weights(Graph graph, float[] old) {
    Node[] weights = new Node[old.length];
    for (int i = 0; i < old.length; i++) {
      double today = policy == WeightPolicy.CURRENT ? theta.values()[i] : old[i];
      weights[i] = graph.weight(old[i], today);
    }
    return weights;
  }
}
