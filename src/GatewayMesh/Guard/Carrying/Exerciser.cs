using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Guard.Carrying;

/// <summary>
/// Keeps the path through the gateways exercised. Every ten seconds, for each service, a warm tunnel is used for a small request through
/// the gateway's data path, and a new tunnel replaces it. While no gateway responds, the interval is 250 ms; while none is known, 1 s.
/// </summary>
internal sealed class Exerciser(
    GatewayDirectory directory,
    TunnelDialer dialer,
    WarmTunnels warm,
    GatewayWatch watch,
    Func<IReadOnlyList<string>> services,
    string node,
    string version,
    TimeProvider time)
{
    private const int GatewaysEach = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private volatile TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ReadOnlySpan<byte> Request =>
        "GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: gatewaymesh\r\nConnection: close\r\n\r\n"u8;

    /// <summary>Skips the interval: a gateway went silent while it was needed.</summary>
    internal void Hurry() => _hurry.TrySetResult();

    /// <summary>Runs until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var (isAnyKnown, hasAnyAnswered) = await ExerciseAllAsync(cancellation).ConfigureAwait(false);
                var pause = hasAnyAnswered ? Interval : isAnyKnown ? RetryInterval : LookInterval;
                await PauseAsync(pause, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hurry = _hurry.Task;
        await Task.WhenAny(Task.Delay(pause, time, rest.Token), hurry).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (hurry.IsCompleted)
        {
            // Not at once: retries of a gateway that is down must not keep this thread busy.
            _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await Task.Delay(RetryInterval, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(bool IsAnyKnown, bool HasAnyAnswered)> ExerciseAllAsync(CancellationToken cancellation)
    {
        var any = false;
        var known = new HashSet<string>();
        foreach (var service in services())
        {
            var gateways = directory.Of(service);
            known.UnionWith(gateways.Select(gateway => gateway.Node));

            // When none responds, the first to return is wanted.
            foreach (var gateway in watch.AnyOf(gateways) ? gateways.Take(GatewaysEach) : gateways)
            {
                any |= await ExerciseAsync(service, gateway, cancellation).ConfigureAwait(false);
            }
        }

        watch.Keep(known);
        return (known.Count > 0, any);
    }

    private async Task<bool> ExerciseAsync(string service, GatewayAddress gateway, CancellationToken cancellation)
    {
        try
        {
            using var late = new CancellationTokenSource(Limit, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
            await using (
                var tunnel = warm.Take(service, gateway)
                    ?? await dialer.ConnectAsync(service, gateway.Tunnel, limit.Token).ConfigureAwait(false))
            {
                var answer = await TunnelDialer.HelloAsync(
                    tunnel, new TunnelHello(service, null, node, version), limit.Token).ConfigureAwait(false);
                if (answer != TunnelAnswer.Ok)
                {
                    watch.Saw(gateway, ok: false, answer.ToString());
                    return false;
                }

                await AskAsync(tunnel.Stream, limit.Token).ConfigureAwait(false);
            }

            warm.Put(service, gateway, await dialer.ConnectAsync(service, gateway.Tunnel, limit.Token).ConfigureAwait(false));
            watch.Saw(gateway, ok: true, null);
            return true;
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException
            && !cancellation.IsCancellationRequested)
        {
            watch.Saw(gateway, ok: false, failure is OperationCanceledException ? "no response in time" : failure.Message);
            return false;
        }
    }

    private static async Task AskAsync(Stream tunnel, CancellationToken cancellation)
    {
        await tunnel.WriteAsync(Request.ToArray(), cancellation).ConfigureAwait(false);
        var answer = new byte[512];
        var count = await tunnel.ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (!answer.AsSpan(0, count).StartsWith("HTTP/1.1 200"u8))
        {
            throw new IOException(
                $"the gateway responded to the exercise with "
                    + $"'{Encoding.ASCII.GetString(answer, 0, Math.Min(count, 12)).ReplaceLineEndings(" ")}'");
        }
    }
}
