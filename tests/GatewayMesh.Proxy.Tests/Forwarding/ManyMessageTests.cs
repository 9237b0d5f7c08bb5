using System.Globalization;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>Many messages in a row through the whole proxy.</summary>
public class ManyMessageTests
{
    private const string NameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+.^`|~-";
    private const string PathCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?";

    [Test]
    public async Task Ten_thousand_heads_arrive_byte_for_byte()
    {
        var random = new Random(20);
        var answer = "";
        using var payments = new Backend((_, connection) => connection.Send(answer));
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 10_000; i++)
        {
            var target = "/" + Text(random, PathCharacters, random.Next(40));
            var (asked, answered) = (Fields(random), Fields(random));
            answer = $"HTTP/1.1 200 OK\r\n{answered}Content-Length: 0\r\n\r\n";
            var response = await client.Ask($"GET {target} HTTP/1.1\r\nHost: payments\r\n{asked}\r\n");

            var request = payments.Requests.TryDequeue(out var received) ? received : null;
            Assert.That((request?.Target, response.Status), Is.EqualTo((target, 200)), $"head {i}");
            Assert.That(Tested(request!.Head), Is.EqualTo(asked), $"head {i}");
            Assert.That(Tested(response.Head), Is.EqualTo(answered), $"head {i}");
        }
    }

    [Test]
    public async Task Fifty_thousand_pipelined_requests_are_answered_in_order()
    {
        const int Count = 50_000;
        using var payments = new Backend((request, connection) =>
        {
            var body = request.Target[1..] + "\n";
            return connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        });
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        var all = string.Concat(Enumerable.Range(0, Count).Select(i => $"GET /{i} HTTP/1.1\r\nHost: payments\r\n\r\n"));

        var sending = Task.Run(() => client.Socket.Send(Encoding.ASCII.GetBytes(all)));
        using var reader = new StreamReader(new NetworkStream(client.Socket), Encoding.ASCII);
        var next = 0;
        while (next < Count && await reader.ReadLineAsync().WaitAsync(RawConnection.Patience) is { } line)
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                Assert.That(number, Is.EqualTo(next));
                next++;
            }
        }

        await sending;
        Assert.That(next, Is.EqualTo(Count));
    }

    [Test]
    public async Task No_POST_fails_at_an_application_of_HTTP_1_0_that_closes_soon_after_its_answer()
    {
        var random = new Random(10);
        using var payments = new Backend(async (_, connection) =>
        {
            await connection.Send("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\npaid");
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 6)));
            connection.Dispose();
        });
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 600; i++)
        {
            var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 4\r\n\r\nbody");
            Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")), $"request {i}");
        }

        Assert.That(payments.Executed, Is.EqualTo(600));
    }

    [Test]
    public async Task A_client_that_sends_more_behind_its_last_request_gets_the_whole_response()
    {
        var body = new string('x', 300_000);
        using var payments = Backend.Answering(body);
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        client.Socket.ReceiveBufferSize = 4096;

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\nConnection: close\r\n\r\n" + new string('y', 20_000));
        Assert.That(() => (payments.Executed, mesh.Plane.Inspection.Figures.InFlight), Is.EqualTo((1, 0)).After(10_000, 5));
        await Task.Delay(100); // a reset would have arrived by then

        Assert.That((await client.ReadMessage(isResponse: true)).Body.Length, Is.EqualTo(body.Length));
        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task A_refused_client_that_never_stops_sending_is_cut_off_after_ten_seconds()
    {
        var time = new FakeTimeProvider();
        await using var mesh = await Mesh.Start(options => options with { Time = time });
        using var client = await RawConnection.To(mesh.Outbound());
        Assert.That((await client.Ask("POST / HTTP/1.1\r\nX : malformed\r\n\r\n")).Status, Is.EqualTo(400));

        Assert.That(
            async () =>
            {
                for (var second = 0; second < 20; second++)
                {
                    await client.Send(new byte[64 * 1024]);
                    await Task.Delay(50); // the mesh takes the bytes
                    time.Advance(TimeSpan.FromSeconds(1));
                }
            },
            Throws.InstanceOf<SocketException>());
    }

    // Lines whose names begin with x-t in any case, with a value of visible characters, spaces, tabs and bytes above 127.
    private static string Fields(Random random)
    {
        var lines = new StringBuilder();
        for (var i = random.Next(12); i > 0; i--)
        {
            lines.Append(random.Next(2) == 0 ? "x-t" : "X-T").Append(Text(random, NameCharacters, random.Next(12))).Append(": ");
            var length = random.Next(30);
            for (var at = 0; at < length; at++)
            {
                lines.Append(at > 0 && at < length - 1 && random.Next(6) == 0 ? " \t"[random.Next(2)] : Visible(random));
            }

            lines.Append("\r\n");
        }

        return lines.ToString();
    }

    private static char Visible(Random random) => random.Next(4) == 0 ? (char)random.Next(0x80, 0x100) : (char)random.Next(0x21, 0x7F);

    private static string Text(Random random, string characters, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => characters[random.Next(characters.Length)]));

    private static string Tested(string head) => string.Concat(
        head.Split("\r\n").Where(line => line.StartsWith("x-t", StringComparison.OrdinalIgnoreCase)).Select(line => line + "\r\n"));
}
