using System.Text;
using GatewayMesh.Client.Connections;
using Polly;
using Polly.Timeout;

namespace GatewayMesh.Client.Routes;

/// <summary>Probes the target's data path on a connection of its own.</summary>
internal sealed class LiveProbe(IDialer dialer, TimeSpan timeout, TimeProvider time)
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        "GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: gatewaymesh\r\nConnection: close\r\n\r\n");

    private readonly ResiliencePipeline _deadline =
        new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(
            new TimeoutStrategyOptions { TimeoutGenerator = _ => new ValueTask<TimeSpan>(timeout) }).Build();

    /// <summary>Sends one probe.</summary>
    public async ValueTask<TargetProbeResult> AskAsync(CancellationToken cancellation)
    {
        try
        {
            return await _deadline.ExecuteAsync(
                static (self, token) => self.ExchangeAsync(token), this, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutRejectedException or DialException { Reason: FailoverReason.ConnectTimeout })
        {
            return TargetProbeResult.Silent;
        }
        catch (DialException refused)
        {
            return refused.Reason == FailoverReason.Refused ? TargetProbeResult.Refused : TargetProbeResult.Answered;
        }
        catch (IOException)
        {
            return TargetProbeResult.Answered;
        }
    }

    private async ValueTask<TargetProbeResult> ExchangeAsync(CancellationToken cancellation)
    {
        // Patient, because the probe's own deadline applies.
        var connection = await dialer.DialAsync(patient: true, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.WriteAsync(Request, cancellation).ConfigureAwait(false);
            var head = new byte[12];
            var read = await connection.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return head.AsSpan(0, read).SequenceEqual("HTTP/1.1 200"u8) ? TargetProbeResult.Live : TargetProbeResult.Answered;
        }
    }
}
