using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GatewayMesh.Events;
using GatewayMesh.Guard.Control;
using GatewayMesh.Linux;
using GatewayMesh.Nodes;
using GatewayMesh.Startup;

namespace GatewayMesh.Workers;

/// <summary>
/// The worker's side of the control channel, on its own thread. Executes the guard's orders, reports the worker's state, and keeps
/// the worker serving without a guard until a new guard adopts it.
/// </summary>
internal sealed class WorkerControl : IDisposable
{
    private static readonly TimeSpan FitnessInterval = TimeSpan.FromSeconds(2);

    private readonly MeshNode _node;
    private readonly PacketListener _middleware;
    private readonly ProgressPage _progress;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly WorkerListeners _listeners;
    private readonly LeaseFile _lease;
    private readonly int _number;
    private readonly Wake _wake = new();
    private readonly ConcurrentQueue<Action> _posted = [];
    private readonly PollSet _poll = new();
    private ControlChannel? _guard;
    private bool _accepting;
    private bool _draining;
    private bool _done;
    private string? _sentUnfit = "";
    private long _sentAt;

    internal WorkerControl(
        MeshNode node,
        PacketListener middleware,
        ControlChannel guard,
        ProgressPage progress,
        int number,
        EventLog events,
        TimeProvider time)
    {
        _node = node;
        _middleware = middleware;
        _guard = guard;
        _progress = progress;
        _number = number;
        _events = events;
        _time = time;
        _listeners = new WorkerListeners(node.Plane);
        _lease = new LeaseFile(node.Bootstrap.DataDir);
        node.Updated += _wake.Signal;
        node.HaveGuard(true);
    }

    /// <summary>Serves the listeners lent by the guard.</summary>
    internal void Open(ImmutableArray<ListenerLease> listeners, IEnumerable<Descriptor> descriptors) =>
        _listeners.Open(listeners, descriptors);

    /// <summary>Runs until the worker has drained.</summary>
    internal void Run()
    {
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            // Ctrl-C reaches the whole process group; the guard decides. Without a guard the worker must react itself.
            context.Cancel = true;
            Post(() => DrainAlone(onlyWithoutGuard: true));
        });
        while (!_done)
        {
            Wait();
            SendFitness();
        }
    }

    public void Dispose()
    {
        _node.Updated -= _wake.Signal;
        _guard?.Dispose();
        _lease.Dispose();
        _wake.Dispose();
    }

    private void Leave(PosixSignalContext context)
    {
        context.Cancel = true;
        Post(() => DrainAlone(onlyWithoutGuard: false));
    }

    private void Post(Action action)
    {
        _posted.Enqueue(action);
        _wake.Signal();
    }

    private void Wait()
    {
        _poll.Clear();
        _poll.Add(_wake.Number);
        _poll.Add(_middleware.Number);
        var guard = _guard is null ? -1 : _poll.Add(_guard.Packets.Number);
        _poll.Wait(FitnessInterval);
        if (_poll.IsReady(0))
        {
            _wake.Reset();
            while (_posted.TryDequeue(out var action))
            {
                action();
            }
        }

        if (guard >= 0 && _poll.IsReady(guard))
        {
            Hear();
        }

        if (_poll.IsReady(1) && _middleware.Accept() is { } packets)
        {
            // A new guard. The previous one is dead, or the new one would not have started.
            _guard?.Dispose();
            _guard = new ControlChannel(packets);
        }
    }

    private void Hear()
    {
        while (_guard is not null)
        {
            var alive = _guard.TryReceive(out var message, out var descriptors);
            if (message is not null)
            {
                Do(message, descriptors);
                continue;
            }

            if (!alive)
            {
                _guard.Dispose();
                _guard = null;
                _node.HaveGuard(false);
                CarryOnAlone();
            }

            return;
        }
    }

    private void Do(ControlMessage message, List<Descriptor> descriptors)
    {
        switch (message.Kind)
        {
            case ControlKind.Lease:
                Accept(message.Accept);
                break;
            case ControlKind.Drain:
                Drain(message.Leave, TimeSpan.FromMilliseconds(message.TimeoutMilliseconds));
                break;
            case ControlKind.Reload:
                Reload(message, descriptors);
                break;
            case ControlKind.Adopt:
                _node.KnowGuard(message.Pid);
                _node.HaveGuard(true);
                var (listeners, numbers) = _listeners.All();
                _guard!.Send(
                    new ControlMessage(ControlKind.Adopted)
                    {
                        Listeners = listeners,
                        Accept = _accepting,
                        Pid = Environment.ProcessId,
                        Worker = _number,
                    },
                    [_progress.Descriptor.Number, .. numbers]);
                _sentUnfit = "";
                break;
        }
    }

    private void Accept(bool accept)
    {
        if (accept && !_draining)
        {
            _lease.TryTake();
            _accepting = true;
            _node.Serve(true);
        }
        else if (_accepting || accept)
        {
            ReturnLease(accept ? "already draining" : "revoked");
        }
    }

    private void ReturnLease(string reason)
    {
        _node.Serve(false);
        _lease.Release();
        _accepting = false;
        _guard?.Send(new ControlMessage(ControlKind.LeaseReturned) { Reason = reason });
    }

    private void Reload(ControlMessage message, List<Descriptor> descriptors)
    {
        var lent = descriptors.AsEnumerable();
        if (message.Options is { } options)
        {
            using var configuration = descriptors[0];
            lent = descriptors.Skip(1);
            try
            {
                _node.Reconfigure(BootstrapLoad.From(options, [.. MemoryFile.ReadAll(configuration, 4 * 1024 * 1024)]).Bootstrap);
            }
            catch (RoleFailure failure)
            {
                // The guard has validated the same bytes, but a different version may disagree.
                _guard?.Send(new ControlMessage(ControlKind.Reloaded) { Reason = failure.Message });
                foreach (var descriptor in lent)
                {
                    descriptor.Dispose();
                }

                return;
            }
        }

        foreach (var name in message.Close)
        {
            _listeners.Close(name);
        }

        _listeners.Open(message.Listeners, lent);
        _guard?.Send(new ControlMessage(ControlKind.Reloaded) { Well = true });
    }

    private void SendFitness()
    {
        var unfit = _node.Unfit;
        if (_guard is not null && (unfit != _sentUnfit || _time.GetElapsedTime(_sentAt) >= FitnessInterval))
        {
            // Before the lease is returned, or the guard might grant it again at once.
            _sentUnfit = unfit;
            _sentAt = _time.GetTimestamp();
            _guard.Send(new ControlMessage(ControlKind.Fitness) { Well = unfit is null, Reason = unfit, Record = _node.Describe() });
        }

        if (unfit is not null && _accepting)
        {
            // Not able to serve: stop accepting before anything is lost, instead of waiting for the guard's probes to fail.
            ReturnLease(unfit);
        }
    }

    // The guard died. An accepting worker keeps accepting; any other worker starts to accept unless another holds the lock.
    private void CarryOnAlone()
    {
        _events.Warning("guard_gone", _accepting ? "the guard is gone; this worker keeps serving" : "the guard is gone");
        if (!_accepting && !_draining && _node.Unfit is null && _lease.TryTake())
        {
            _listeners.Resume();
            Accept(true);
            _events.Warning("lease_taken", "no guard and no accepting worker: this worker takes the lease");
        }
    }

    private void DrainAlone(bool onlyWithoutGuard)
    {
        if (!onlyWithoutGuard || _guard is null)
        {
            Drain(leave: true, _node.Bootstrap.DrainTimeout);
        }
    }

    private void Drain(bool leave, TimeSpan timeout)
    {
        if (!_draining)
        {
            _draining = true;
            _ = Task.Run(() => DrainAsync(leave, timeout));
        }
    }

    private async Task DrainAsync(bool leave, TimeSpan timeout)
    {
        if (leave)
        {
            await _node.Publisher.WithdrawAsync(_node.Bootstrap.Node).ConfigureAwait(false);
            await Task.Delay(_node.Bootstrap.DrainDelay, _time).ConfigureAwait(false);
        }

        var returned = new TaskCompletionSource();
        Post(() =>
        {
            if (_accepting)
            {
                ReturnLease("draining");
            }

            returned.SetResult();
        });
        await returned.Task.ConfigureAwait(false);
        var left = await _node.Plane.DrainAsync(timeout).ConfigureAwait(false);
        _events.Write(
            left.IsClean ? EventLevel.Info : EventLevel.Warning,
            "drained",
            left.IsClean
                ? "all requests completed"
                : $"{left.Requests} requests and {left.Connections} connections were closed at the timeout",
            ("requests", left.Requests),
            ("connections", left.Connections));
        Post(() => _done = true);
    }
}
