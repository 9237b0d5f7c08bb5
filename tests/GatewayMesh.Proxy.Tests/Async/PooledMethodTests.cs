using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;

namespace GatewayMesh.Proxy.Tests.Async;

internal sealed class PooledMethodTests
{
    [Test]
    public async Task A_method_that_waits_returns_its_result()
    {
        var gate = new TaskCompletionSource<int>();
        var sum = AddAsync(1, gate.Task);
        Assert.That(sum.IsCompleted, Is.False);

        gate.SetResult(2);
        Assert.That(await sum, Is.EqualTo(3));
    }

    [Test]
    public async Task A_method_that_need_not_wait_returns_its_result_at_once()
    {
        var sum = AddAsync(1, Task.FromResult(2));
        Assert.That(sum.IsCompletedSuccessfully);
        Assert.That(await sum, Is.EqualTo(3));
    }

    [Test]
    public void An_exception_before_or_after_the_wait_reaches_the_caller([Values] bool waits)
    {
        var gate = new TaskCompletionSource<int>();
        if (!waits)
        {
            gate.SetException(new IOException("broken"));
        }

        var sum = AddAsync(1, gate.Task);
        gate.TrySetException(new IOException("broken"));
        Assert.That(() => sum.IsFaulted, Is.True.After(5000, 1));
        Assert.That(async () => await sum, Throws.TypeOf<IOException>().With.Message.EqualTo("broken"));
    }

    [Test]
    public void A_canceled_wait_cancels_the_method()
    {
        var gate = new TaskCompletionSource<int>();
        var sum = AddAsync(1, gate.Task);
        gate.SetCanceled();
        Assert.That(() => sum.IsCanceled, Is.True.After(5000, 1));
        Assert.That(async () => await sum, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_result_is_taken_once()
    {
        var gate = new TaskCompletionSource<int>();
        var sum = AddAsync(1, gate.Task);
        gate.SetResult(2);
        await sum;
        Assert.That(() => sum.Result, Throws.InvalidOperationException);
    }

    [Test]
    public async Task Methods_that_complete_on_another_thread_while_they_begin_to_be_awaited_lose_no_result()
    {
        const int Count = 20_000;
        var gates = new TaskCompletionSource<int>[Count];
        for (var i = 0; i < Count; i++)
        {
            gates[i] = new TaskCompletionSource<int>();
        }

        var begun = 0;
        var completing = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref begun) > i);
                gates[i].SetResult(i);
            }
        });
        for (var i = 0; i < Count; i++)
        {
            var outer = OuterAsync(gates[i].Task);
            Volatile.Write(ref begun, i + 1);
            Assert.That(await outer, Is.EqualTo(i + 2));
        }

        await completing;
    }

    [Test]
    public void Many_methods_that_wait_at_a_time_allocate_nothing_once_the_pool_is_full()
    {
        const int Count = 200;
        var gates = new Gate[Count];
        for (var i = 0; i < Count; i++)
        {
            gates[i] = new Gate();
        }

        var tasks = new ValueTask<int>[Count];
        Round(gates, tasks);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 10; round++)
        {
            Round(gates, tasks);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "Each is awaited once, after all have begun.")]
    private static void Round(Gate[] gates, ValueTask<int>[] tasks)
    {
        for (var i = 0; i < gates.Length; i++)
        {
            tasks[i] = PassAsync(gates[i]);
        }

        for (var i = 0; i < gates.Length; i++)
        {
            gates[i].Open();
            if (tasks[i].Result != 7)
            {
                throw new InvalidOperationException("another result");
            }
        }
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<int> AddAsync(int number, Task<int> other) => number + await other.ConfigureAwait(false);

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<int> OuterAsync(Task<int> number) => 1 + await AddAsync(1, number).ConfigureAwait(false);

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<int> PassAsync(Gate gate)
    {
        await gate;
        return 7;
    }

    // Awaited again and again without allocation.
    private sealed class Gate : ICriticalNotifyCompletion
    {
        private Action? _continuation;

        public bool IsCompleted => false;

        public Gate GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => _continuation = continuation;

        public void UnsafeOnCompleted(Action continuation) => _continuation = continuation;

        public void Open() => _continuation!();
    }
}
