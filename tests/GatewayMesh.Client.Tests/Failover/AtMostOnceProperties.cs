using System.Net;
using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>At-most-once execution under any faults in any order, on kept and on new connections.</summary>
public sealed class AtMostOnceProperties
{
    private enum Fault
    {
        None,
        Reset,
        End,
        HalfHead,
        ServerError,
        NotForwarded,
        EndAfterAnswer,
    }

#pragma warning disable NUnit1027 // The arguments come from FsCheck.
    [FsCheck.NUnit.Property(MaxTest = 150)]
    public void A_non_idempotent_request_runs_at_most_once_and_any_other_at_most_as_often_as_allowed(byte[] faults, TunnelAnswer[] answers,
        bool sidecarListens, byte kind) =>
        Task.Run(() => CheckAsync(faults ?? [], answers ?? [], sidecarListens, kind)).GetAwaiter().GetResult();

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Streams_of_http_2_run_at_most_as_often_as_allowed(byte[] faults, bool post) =>
        Task.Run(() => CheckHttp2Async(faults ?? [], post)).GetAwaiter().GetResult();
#pragma warning restore NUnit1027

    private static async Task CheckAsync(byte[] faults, TunnelAnswer[] answers, bool sidecarListens, byte kind)
    {
        var next = 0;
        var executed = new List<(string? Work, Fault Fault)>();
        var script = (ServerRequest request, ServerConnection connection) =>
        {
            Fault fault;
            lock (executed)
            {
                fault = next < faults.Length ? (Fault)(faults[next++] % 7) : Fault.None;
                executed.Add((request["X-Work"], fault));
            }

            return MakeAsync(fault, connection);
        };
        using var sidecar = new ScriptedServer(script);
        using var one = new ScriptedGateway(script) { Answer = answers.Length > 0 ? answers[0] : TunnelAnswer.Ok };
        using var two = new ScriptedGateway(script) { Answer = answers.Length > 1 ? answers[1] : TunnelAnswer.Ok };
        using var client = new TestClient(
            sidecarListens ? sidecar.Address : ScriptedServer.ClosedPort(),
            [one.Address, two.Address],
            options => options.BreakerFailures = 2);
        var (method, body) = (kind % 5) switch
        {
            0 => ("GET", null),
            1 => ("POST", null),
            2 => ("POST", new byte[3]),
            3 => ("PATCH", new byte[100_000]),
            _ => ("PUT", new byte[3]),
        };

        for (var work = 0; work < 4; work++)
        {
            var name = $"{work}";
            var failure = await TryAsync(
                client, method, body is null ? null : new ByteArrayContent(body), request => request.Headers.Add("X-Work", name));
            lock (executed)
            {
                var seen = executed.Where(each => each.Work == name).ToList();
                var processed = seen.Count(each => each.Fault != Fault.NotForwarded);
                Assert.That(processed, Is.LessThanOrEqualTo(method is "GET" or "PUT" ? 3 : 1), $"{method}: {string.Join(", ", seen)}");
                Assert.That(
                    failure is null || failure.MayHaveRun || processed == 0, $"{method}: {failure?.Message} {string.Join(", ", seen)}");
            }
        }
    }

    private static async Task CheckHttp2Async(byte[] faults, bool post)
    {
        var next = -1;
        var processed = 0;
        var script = async (int stream, Http2Peer peer) =>
        {
            var index = Interlocked.Increment(ref next);
            switch (index < faults.Length ? faults[index] % 5 : 0)
            {
                case 1:
                    await peer.RefuseAsync(stream);
                    return;
                case 2:
                    await peer.GoAwayAsync(stream - 2 < 0 ? 0 : stream - 2);
                    return;
                case 3:
                    Interlocked.Increment(ref processed);
                    peer.Connection.Reset();
                    return;
                case 4:
                    Interlocked.Increment(ref processed);
                    peer.Connection.End();
                    return;
                default:
                    Interlocked.Increment(ref processed);
                    await peer.AnswerAsync(stream, "done");
                    return;
            }
        };
        using var sidecar = new Http2Server(script);
        using var gateway = new Http2Server(script, isGateway: true);
        using var client = new TestClient(sidecar.Address, [gateway.Address], options => options.BreakerFailures = 1000);
        for (var work = 0; work < 4; work++)
        {
            Interlocked.Exchange(ref processed, 0);
            await TryAsync(client, post ? "POST" : "GET", post ? new ByteArrayContent([1, 2, 3]) : null, request =>
            {
                request.Version = HttpVersion.Version20;
                request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            });
            Assert.That(Volatile.Read(ref processed), Is.LessThanOrEqualTo(post ? 1 : 3), string.Join(", ", faults));
        }
    }

    private static async Task<GatewayMeshException?> TryAsync(
        TestClient client, string method, HttpContent? body, Action<HttpRequestMessage> with)
    {
        try
        {
            using var answer = await client.SendAsync(method, body, with);
            await answer.Content.ReadAsByteArrayAsync();
            return null;
        }
        catch (GatewayMeshException failure)
        {
            return failure;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // The body of the answer was cut off.
            return null;
        }
    }

    private static async Task MakeAsync(Fault fault, ServerConnection connection)
    {
        switch (fault)
        {
            case Fault.Reset:
                connection.Reset();
                break;
            case Fault.End:
                connection.End();
                break;
            case Fault.HalfHead:
                await connection.SendAsync("HTTP/1.1 200 OK\r\nConte");
                connection.End();
                break;
            case Fault.ServerError:
                await connection.AnswerAsync("sorry", "", "500 Internal Server Error");
                break;
            case Fault.NotForwarded:
                await connection.AnswerAsync(
                    "", "Proxy-Status: gatewaymesh; error=connection_refused; forwarded=?0\r\n", "502 Bad Gateway");
                break;
            case Fault.EndAfterAnswer:
                await connection.AnswerAsync("done");
                connection.End();
                break;
            default:
                await connection.AnswerAsync("done");
                break;
        }
    }
}
