// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;

import dev.unspool.kernel.VectorWidth;
import dev.unspool.program.DoubleLoop;
import dev.unspool.program.Loop;
import dev.unspool.program.Piece;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a class for a piece: on vectors as wide as those of the kernels, or scalar where kernels
 * are; either way with the same results, bit for bit. Classes are made once for all equal pieces,
 * and go when memory is short and nobody has one.
 */
public final class LoopCompiler {
  private static final Map<PieceKey, SoftReference<Object>> MADE = new ConcurrentHashMap<>();

  /** Numbers that all loops of a piece go through before the next rows do. */
  private static final int CHUNK = 4096;

  private final Piece piece;
  private final Precision precision;
  private final int bits;

  private LoopCompiler(Piece piece, Precision precision, int bits) {
    this.piece = piece;
    this.precision = precision;
    this.bits = bits;
  }

  /** Makes a piece ready to run in float32. */
  public static Loop compile(Piece piece) {
    return compile(piece, VectorWidth.bits());
  }

  /** Makes a piece ready to run in float64. */
  public static DoubleLoop compileDouble(Piece piece) {
    return compileDouble(piece, VectorWidth.bits());
  }

  /**
   * As {@link #compile(Piece)}.
   *
   * @param bits of vectors: 128, 256, 512, or 0 for scalars
   */
  static Loop compile(Piece piece, int bits) {
    return (Loop) new LoopCompiler(piece, Precision.FLOAT32, bits).instance();
  }

  /** As {@link #compile(Piece, int)}. */
  static DoubleLoop compileDouble(Piece piece, int bits) {
    return (DoubleLoop) new LoopCompiler(piece, Precision.FLOAT64, bits).instance();
  }

  /** How many pieces classes were made for so far. */
  static int made() {
    return MADE.size();
  }

  private Object instance() {
    var key = PieceKey.of(piece, precision, bits);
    var made = MADE.get(key);
    Object instance = made == null ? null : made.get();
    if (instance == null) {
      instance = make();
      MADE.put(key, new SoftReference<>(instance));
    }
    return instance;
  }

  private Object make() {
    try {
      return MethodHandles.lookup()
          .defineHiddenClass(bytes(), true)
          .lookupClass()
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated class could not be used", e);
    }
  }

  /** The class file. */
  private byte[] bytes() {
    var plan = new LoopPlan(piece);
    Target vectors = Target.of(precision, bits, plan.units());
    var self = ClassDesc.of(LoopCompiler.class.getPackageName(), "CompiledLoop");
    Class<?> type = precision == Precision.FLOAT32 ? Loop.class : DoubleLoop.class;
    return ClassFile.of()
        .build(
            self,
            c -> {
              c.withFlags(ACC_FINAL);
              c.withInterfaceSymbols(ClassDesc.ofDescriptor(type.descriptorString()));
              constructor(c);
              c.withMethodBody(
                  "scratch",
                  MethodTypeDesc.of(CD_int),
                  ACC_PUBLIC,
                  code -> code.loadConstant(plan.scratch()).ireturn());
              MethodTypeDesc loop = LoopMethod.type(precision);
              if (plan.cuts().size() == 1) {
                LoopPlan.Cut cut = plan.cuts().getFirst();
                c.withMethodBody(
                    "run", loop, ACC_PUBLIC, code -> LoopMethod.write(code, 1, plan, cut, vectors));
                return;
              }
              for (int i = 0; i < plan.cuts().size(); i++) {
                LoopPlan.Cut cut = plan.cuts().get(i);
                c.withMethodBody(
                    "loop" + i,
                    loop,
                    ACC_STATIC,
                    code -> LoopMethod.write(code, 0, plan, cut, vectors));
              }
              c.withMethodBody("run", loop, ACC_PUBLIC, code -> runAll(code, plan, self));
            });
  }

  private static void constructor(ClassBuilder c) {
    c.withMethodBody(
        ConstantDescs.INIT_NAME,
        ConstantDescs.MTD_void,
        ACC_PUBLIC,
        code ->
            code.aload(0)
                .invokespecial(CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                .return_());
  }

  /** Runs all loops for some rows, so few that they stay in the cache, then for the next ones. */
  private void runAll(CodeBuilder c, LoopPlan plan, ClassDesc self) {
    int rows = Math.max(1, CHUNK / (piece.groups() * piece.units()));
    int arrays = 1;
    int offsets = 2;
    int from = 3;
    int to = 4;
    int end = 5;
    var again = c.newLabel();
    var done = c.newLabel();
    c.labelBinding(again);
    c.iload(from).iload(to).if_icmpge(done);
    c.iload(to).iload(from).loadConstant(rows).iadd();
    c.invokestatic(
        ClassDesc.of("java.lang.Math"), "min", MethodTypeDesc.of(CD_int, CD_int, CD_int));
    c.istore(end);
    for (int i = 0; i < plan.cuts().size(); i++) {
      c.aload(arrays).aload(offsets).iload(from).iload(end);
      c.invokestatic(self, "loop" + i, LoopMethod.type(precision));
    }
    c.iload(end).istore(from);
    c.goto_(again);
    c.labelBinding(done);
    c.return_();
  }
}
