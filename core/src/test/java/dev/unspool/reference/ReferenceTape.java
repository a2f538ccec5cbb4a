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
 *
 * <p>A lane that is held makes no step: the step is left out of its sequence, and a sweep goes back
 * through the newest steps that it has made.
 */
public final class ReferenceTape {
  private final Model model;
  private final ReferenceStep step;
  private final Parameters theta;
  private final WeightPolicy policy;
  private final int capacity;
  private final Lane[] lanes;

  /** Of each step of the block, the lanes that have made it. */
  private final List<boolean[]> made = new ArrayList<>();

  private float[] today;
  private double narrowest = Double.POSITIVE_INFINITY;

  /** What is remembered of one step of a lane. */
  private static final class Step {
    final double[] inputs;
    final boolean begins;
    final double @Nullable [][] masks;
    float[] theta;
    double[][] entering = {};
    double[] outputs = {};

    Step(double[] inputs, boolean begins, double @Nullable [][] masks, float[] theta) {
      this.inputs = inputs;
      this.begins = begins;
      this.masks = masks;
      this.theta = theta;
    }
  }

  /** A sequence. */
  private static final class Lane {
    final List<Step> steps = new ArrayList<>();
    boolean pending = true;

    /** Arrays × units: the state that the next step starts from. */
    double[][] carried = {};

    /** For each array, the norm of the sizes of the numbers that it is the sum of. */
    double[] size;

    Lane(int arrays) {
      this.size = new double[arrays];
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
      double[][][][] states) {

    /** The same, with all of the gradient as the size of what each array of it is the sum of. */
    Derivatives sizedByTheWhole() {
      double[] size = new double[gradient.length];
      Arrays.fill(size, 10 * Close.norm(gradient) / Math.sqrt(Math.max(1, gradient.length)));
      return new Derivatives(value, gradient, size, inputs, states);
    }
  }

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
    this.capacity = capacity;
    this.lanes = new Lane[lanes];
    Arrays.setAll(this.lanes, _ -> new Lane(model.state().arrays().size()));
    this.today = theta.values().clone();
  }

  /** The most steps that a lane has made since the beginning or the last restore. */
  public int steps() {
    return Arrays.stream(lanes).mapToInt(lane -> lane.steps.size()).max().orElse(0);
  }

  /** Lets a lane begin with the next step. */
  public void reset(int lane) {
    lanes[lane].pending = true;
  }

  /** Goes on from a state, lanes × arrays × units, as a constant, and forgets all steps. */
  public void restore(double[][][] state) {
    made.clear();
    for (int lane = 0; lane < lanes.length; lane++) {
      restore(lane, state[lane]);
    }
  }

  /** The same in one lane. */
  public void restore(int lane, double[][] state) {
    lanes[lane].carried = state;
    lanes[lane].steps.clear();
    lanes[lane].pending = false;
    forgetOutputs(lane);
  }

  /** Lets two lanes change places; their outputs stay behind. */
  public void swap(int a, int b) {
    Lane one = lanes[a];
    lanes[a] = lanes[b];
    lanes[b] = one;
    forgetOutputs(a);
    forgetOutputs(b);
  }

  private void forgetOutputs(int lane) {
    made.forEach(by -> by[lane] = false);
  }

  /** The state after the newest step, lanes × arrays × units. */
  public double[][][] state() {
    replay();
    double[][][] state = new double[lanes.length][][];
    for (int lane = 0; lane < lanes.length; lane++) {
      state[lane] =
          lanes[lane].pending
              ? Nodes.values(step.initial(new Graph(), Nodes.constants(theta.values())))
              : lanes[lane].carried;
    }
    return state;
  }

  /** Lanes × arrays: norm of the sizes of the numbers that the state is the sum of. */
  public double[][] stateSizes() {
    return Arrays.stream(lanes).map(lane -> lane.size).toArray(double[][]::new);
  }

  /** As {@link Graph#narrowest}, of all that has run. */
  public double narrowest() {
    return narrowest;
  }

  /**
   * The outputs of one of the newest steps, which no lane was held at: lanes × outputs; age 0 is
   * the newest.
   */
  public double[][] outputs(int age) {
    replay();
    return Arrays.stream(lanes)
        .map(lane -> lane.steps.get(lane.steps.size() - 1 - age).outputs)
        .toArray(double[][]::new);
  }

  /** Runs a step that all lanes make. */
  public void forward(double[][] inputs, boolean[] resets, double @Nullable [][][] masks) {
    forward(inputs, resets, new boolean[lanes.length], masks);
  }

  /**
   * Runs a step.
   *
   * @param inputs lanes × features
   * @param resets lanes that begin with it
   * @param holds lanes that do not make it
   * @param masks lanes × dropouts × units: their factors, or null
   */
  public void forward(
      double[][] inputs, boolean[] resets, boolean[] holds, double @Nullable [][][] masks) {
    replay();
    boolean[] by = new boolean[lanes.length];
    for (int i = 0; i < lanes.length; i++) {
      by[i] = !holds[i];
      if (by[i]) {
        Lane lane = lanes[i];
        double[][] mine = masks == null ? null : masks[i];
        var next = new Step(inputs[i], resets[i] || lane.pending, mine, version());
        lane.pending = false;
        run(lane, next);
        lane.steps.add(next);
      }
    }
    made.add(by);
  }

  @SuppressWarnings("ReferenceEquality") // each version is an array of its own
  private void replay() {
    float[] now = version();
    for (Lane lane : lanes) {
      List<Step> steps = lane.steps;
      if (policy == WeightPolicy.REPLAY && !steps.isEmpty() && steps.getLast().theta != now) {
        List<Step> held = steps.subList(Math.max(0, steps.size() - capacity), steps.size());
        lane.carried = held.getFirst().entering;
        for (Step old : held) {
          old.theta = now;
          run(lane, old);
        }
      }
    }
  }

  /** A copy of the parameters, the same one as before if they have not changed. */
  private float[] version() {
    if (!Arrays.equals(today, theta.values())) {
      today = theta.values().clone();
    }
    return today;
  }

  private void run(Lane lane, Step now) {
    var graph = new Graph();
    Node[] weights = Nodes.constants(now.theta);
    Node[][] entering =
        now.begins ? step.initial(graph, weights) : Nodes.leaves(graph, lane.carried);
    var result = step.step(graph, weights, Nodes.leaves(graph, now.inputs), entering, now.masks);
    now.entering = Nodes.values(entering);
    now.outputs = Nodes.values(result.outputs());
    lane.carried = Nodes.values(result.state());
    narrowest = Math.min(narrowest, graph.narrowest());
    for (int a = 0; a < lane.size.length; a++) {
      lane.size[a] = Close.norm(Arrays.stream(result.state()[a]).mapToDouble(Node::size).toArray());
    }
  }

  /**
   * One sweep.
   *
   * @param depth number of newest steps of each lane that are differentiated, or as many as it has
   * @param read number of newest outputs that the objective reads; those that are older than a
   *     lane's newest {@code depth} steps are constants, zeros where it was held
   */
  public Derivatives sweep(int depth, int read, Objective objective) {
    replay();
    var graph = new Graph();
    var versions = new IdentityHashMap<float[], Node[]>();
    Node[][][] inputs = new Node[depth][lanes.length][];
    Node[][][][] states = new Node[depth][lanes.length][][];
    Node[][][] left = new Node[lanes.length][][];
    Node[][][] newest = new Node[read][lanes.length][];
    for (int lane = 0; lane < lanes.length; lane++) {
      List<Step> steps = lanes[lane].steps;
      int deep = Math.min(depth, steps.size());
      List<Step> swept = steps.subList(steps.size() - deep, steps.size());
      List<Node[]> outputs = new ArrayList<>();
      for (Step old : steps.subList(0, steps.size() - deep)) {
        outputs.add(Nodes.leaves(graph, old.outputs));
      }
      for (int t = 0; t < depth - deep; t++) { // there is nothing so far back
        inputs[t][lane] = Nodes.leaves(graph, new double[model.inputs()]);
        states[t][lane] = nothing(graph);
      }
      Node[][] state = deep == 0 ? nothing(graph) : Nodes.leaves(graph, swept.getFirst().entering);
      for (int t = 0; t < deep; t++) {
        Step now = swept.get(t);
        int row = depth - deep + t;
        Node[] weights = versions.computeIfAbsent(now.theta, old -> weights(graph, old));
        states[row][lane] = now.begins ? step.initial(graph, weights) : Nodes.same(graph, state);
        inputs[row][lane] = Nodes.leaves(graph, now.inputs);
        var result = step.step(graph, weights, inputs[row][lane], states[row][lane], now.masks);
        state = result.state();
        outputs.add(result.outputs());
      }
      left[lane] = state;
      int next = outputs.size();
      for (int t = read - 1; t >= 0; t--) {
        boolean held = !made.get(made.size() - read + t)[lane];
        newest[t][lane] =
            held ? Nodes.leaves(graph, new double[model.outputs()]) : outputs.get(--next);
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

  /** A state of zeros. */
  private Node[][] nothing(Graph graph) {
    return model.state().arrays().stream()
        .map(array -> Nodes.leaves(graph, new double[array.size()]))
        .toArray(Node[][]::new);
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
