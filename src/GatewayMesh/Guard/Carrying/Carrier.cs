using System.Net.Sockets;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>Carries application connections to a gateway: finds a gateway that accepts, then copies bytes.</summary>
internal sealed class Carrier(
    GatewayDirectory directory,
    TunnelDialer dialer,
    WarmTunnels warm,
    GatewayWatch watch,
    string node,
    string version,
    TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LostInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _handshakes = new(32);
    private readonly HashSet<CarriedConnection> _open = [];
    private ITimer? _lostWatch;

    /// <summary>The counters.</summary>
    internal CarryCounts Counts { get; } = new();

    /// <summary>Takes ownership of a connection. Returns at once.</summary>
    internal void Carry(Descriptor connection, ListenerSpec listener)
    {
        Counts.Begin();
        _ = Task.Run(() => CarryAsync(connection, listener));
    }

    /// <summary>Ends carried connections that appear to be between two requests: no byte has moved for <paramref name="quiet"/>.</summary>
    internal void EndQuiet(TimeSpan quiet)
    {
        foreach (var connection in Open().Where(connection => connection.Quiet >= quiet))
        {
            connection.End();
        }
    }

    public void Dispose()
    {
        _lostWatch?.Dispose();
        _handshakes.Dispose();
    }

    // Resets connections whose gateway is unreachable. The application's next connection uses another gateway.
    private void BreakLost()
    {
        foreach (var connection in Open().Where(connection => connection.Quiet >= LostPeer.Limit && connection.IsLost))
        {
            connection.Break();
        }
    }

    private CarriedConnection[] Open()
    {
        lock (_open)
        {
            return [.. _open];
        }
    }

    private void Add(CarriedConnection connection)
    {
        lock (_open)
        {
            _open.Add(connection);
            _lostWatch ??= time.CreateTimer(_ => BreakLost(), null, LostInterval, LostInterval);
        }
    }

    private void Remove(CarriedConnection connection)
    {
        lock (_open)
        {
            _open.Remove(connection);
            if (_open.Count == 0)
            {
                // A guard without carried connections must not wake up.
                _lostWatch?.Dispose();
                _lostWatch = null;
            }
        }
    }

    private async Task CarryAsync(Descriptor accepted, ListenerSpec listener)
    {
        var application = new Socket(new SafeSocketHandle(accepted.Release(), ownsHandle: true)) { NoDelay = true };
        try
        {
            if (!application.Connected)
            {
                // Reset while waiting: there is no connection left to carry.
                return;
            }

            var tunnel = await OpenAsync(listener).ConfigureAwait(false);
            if (tunnel is null)
            {
                // No byte was read: a reset tells the application that nothing was processed.
                Counts.CountRefused();
                application.LingerState = new LingerOption(true, 0);
                return;
            }

            await RunAsync(application, tunnel).ConfigureAwait(false);
        }
        finally
        {
            application.Dispose();
            Counts.End();
        }
    }

    private async Task RunAsync(Socket application, Tunnel tunnel)
    {
        await using (tunnel.ConfigureAwait(false))
        using (var carried = new CarriedConnection(application, tunnel, time))
        {
            Add(carried);
            try
            {
                if (!await carried.RunAsync().ConfigureAwait(false))
                {
                    Counts.CountFailed();
                }
            }
            finally
            {
                Remove(carried);
            }
        }
    }

    private async Task<Tunnel?> OpenAsync(ListenerSpec listener)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            await _handshakes.WaitAsync().ConfigureAwait(false);
            try
            {
                foreach (var gateway in watch.InOrder(directory.Of(listener.Service!)))
                {
                    if (await TryOpenAsync(gateway, listener).ConfigureAwait(false) is { } tunnel)
                    {
                        return tunnel;
                    }
                }
            }
            finally
            {
                _handshakes.Release();
            }

            if (time.GetElapsedTime(began) > Patience)
            {
                return null;
            }

            await Task.Delay(RoundPause, time).ConfigureAwait(false);
        }
    }

    private async Task<Tunnel?> TryOpenAsync(GatewayAddress gateway, ListenerSpec listener)
    {
        using var limit = new CancellationTokenSource(AnswerTimeout, time);
        try
        {
            if (await GreetWarmAsync(gateway, listener, limit.Token).ConfigureAwait(false) is { } greeted)
            {
                return greeted;
            }

            limit.CancelAfter(dialer.Patience);
            var tunnel = await dialer.ConnectAsync(listener.Service!, gateway.Tunnel, limit.Token).ConfigureAwait(false);
            limit.CancelAfter(AnswerTimeout);
            return await GreetAsync(tunnel, gateway, listener, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            watch.SawNoAnswer(gateway);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            watch.Saw(gateway, ok: false, failure.Message);
        }

        return null;
    }

    // A warm tunnel may have ended at this very moment, which is no evidence against the gateway: try a new tunnel.
    private async Task<Tunnel?> GreetWarmAsync(GatewayAddress gateway, ListenerSpec listener, CancellationToken limit)
    {
        try
        {
            return warm.Take(listener.Service!, gateway) is { } tunnel
                ? await GreetAsync(tunnel, gateway, listener, limit).ConfigureAwait(false)
                : null;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return null;
        }
    }

    private async Task<Tunnel?> GreetAsync(Tunnel tunnel, GatewayAddress gateway, ListenerSpec listener, CancellationToken limit)
    {
        var taken = false;
        try
        {
            var answer = await TunnelDialer.HelloAsync(
                tunnel, new TunnelHello(listener.Service!, listener.Upstream, node, version), limit).ConfigureAwait(false);
            taken = answer == TunnelAnswer.Ok;
            watch.Saw(gateway, taken, taken ? null : answer.ToString());
            return taken ? tunnel : null;
        }
        finally
        {
            if (!taken)
            {
                await tunnel.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
