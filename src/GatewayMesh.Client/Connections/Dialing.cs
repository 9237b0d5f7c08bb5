using System.Net;
using System.Net.Sockets;
using GatewayMesh.Client.Settings;
using Polly;
using Polly.Timeout;

namespace GatewayMesh.Client.Connections;

/// <summary>Opens a TCP connection within a deadline. Failures distinguish a refused connection from a timeout.</summary>
/// <param name="address">The address to connect to.</param>
/// <param name="timeout">The deadline.</param>
/// <param name="time">The clock.</param>
/// <param name="isRecorded">True if the registry named the address (<see cref="RecordedAddress"/>). Default: false.</param>
internal sealed class Dialing(TargetAddress address, TimeSpan timeout, TimeProvider time, bool isRecorded = false)
{
    /// <summary>The factor by which the deadline of the second round is longer.</summary>
    public const int Patience = 10;

    private readonly ResiliencePipeline _deadline = Deadline(timeout, time);
    private readonly ResiliencePipeline _patientDeadline = Deadline(timeout * Patience, time);

    /// <summary>Connects and runs <paramref name="greet"/> within the deadline. Returns the stream from <paramref name="greet"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(
        bool patient, Func<Stream, CancellationToken, ValueTask<Stream>>? greet, CancellationToken cancellation)
    {
        var socket = IPAddress.TryParse(address.Host, out var ip)
            ? new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        try
        {
            return await (patient ? _patientDeadline : _deadline).ExecuteAsync(
                static async (state, token) =>
                {
                    if (state.isRecorded)
                    {
                        var addresses = await RecordedAddress.OfAsync(
                            state.address, Dns.GetHostAddressesAsync, token).ConfigureAwait(false);
                        await state.socket.ConnectAsync(addresses, state.address.Port, token).ConfigureAwait(false);
                    }
                    else
                    {
                        await state.socket.ConnectAsync(state.address.Host, state.address.Port, token).ConfigureAwait(false);
                    }

                    var connection = new NetworkStream(state.socket, ownsSocket: true);
                    return state.greet is { } greet ? await greet(connection, token).ConfigureAwait(false) : connection;
                },
                (socket, address, greet, isRecorded), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException late)
        {
            socket.Dispose();
            throw new DialException(FailoverReason.ConnectTimeout, $"{address} did not answer in time.", late);
        }
        catch (Exception failure) when (failure is SocketException or IOException { InnerException: SocketException } and not DialException)
        {
            socket.Dispose();
            var refused = failure as SocketException ?? (SocketException)failure.InnerException!;
            var reason = refused.SocketErrorCode == SocketError.TimedOut ? FailoverReason.ConnectTimeout : FailoverReason.Refused;
            throw new DialException(reason, $"{address}: {refused.Message}", refused);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ResiliencePipeline Deadline(TimeSpan timeout, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(
            new TimeoutStrategyOptions { TimeoutGenerator = _ => new ValueTask<TimeSpan>(timeout) }).Build();
}
