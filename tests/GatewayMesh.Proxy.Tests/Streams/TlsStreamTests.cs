using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Fixtures;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;
using GatewayMesh.Proxy.Tests.Loops;

namespace GatewayMesh.Proxy.Tests.Streams;

/// <summary>TLS streams of a loop against each other and against the platform's streams.</summary>
public class TlsStreamTests
{
    [Test]
    public async Task Both_sides_agree_and_exchange_bytes()
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair(rig.Server(null, "h2", "http/1.1"), rig.Client(null, "http/1.1", "h2"));
        await rig.Run(async () =>
        {
            Assert.That((server.Protocol, client.Protocol), Is.EqualTo(("h2", "h2")), "the server's preference");
            Assert.That((server.IsTls13, client.IsTls13), Is.EqualTo((true, true)));
            await client.WriteAsync("ques"u8.ToArray(), "tion"u8.ToArray());
            var buffer = new byte[100];
            Assert.That(await server.ReadAsync(buffer), Is.EqualTo(8), "two parts share a record");
            Assert.That(buffer.AsSpan(0, 8).SequenceEqual("question"u8), Is.True);
            await server.WriteAsync(new byte[3]);
            Assert.That(await client.ReadAsync(buffer), Is.EqualTo(3));
            server.Close();
            client.Close();
        });
    }

    [Test]
    public async Task The_platforms_client_is_served()
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Rig.Pair();
        TlsStream? server = null;
        var serving = rig.Run(async () =>
        {
            server = TlsStream.Accept(here, rig.Server(null, "http/1.1"), rig.Clients);
            await server.HandshakeAsync();
            var buffer = new byte[100];
            var count = await server.ReadAsync(buffer);
            await server.WriteAsync(buffer.AsMemory(0, count));
            Assert.That(await server.ReadAsync(buffer), Is.Zero, "an orderly end");
            await server.EndWritingAsync();
            server.Close();
        });
        await using var client = TlsRig.Ordinary(there);
        await client.AuthenticateAsClientAsync(rig.ClientOptions());
        await client.WriteAsync("hello"u8.ToArray());
        var echoed = new byte[100];
        Assert.That(await client.ReadAsync(echoed), Is.EqualTo(5));
        await client.ShutdownAsync();
        Assert.That(await client.ReadAsync(echoed), Is.Zero);
        await serving;
        Assert.That((server!.ServerName, server.Protocol), Is.EqualTo(("payments.test", "http/1.1")));
    }

    [Test]
    public async Task The_platforms_server_is_called()
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Rig.Pair();
        await using var server = TlsRig.Ordinary(there);
        var serving = Task.Run(async () =>
        {
            await server.AuthenticateAsServerAsync(rig.ServerOptions());
            var buffer = new byte[100];
            var count = await server.ReadAsync(buffer);
            await server.WriteAsync(buffer.AsMemory(0, count));
            Assert.That(await server.ReadAsync(buffer), Is.Zero);
            await server.ShutdownAsync();
        });
        await rig.Run(async () =>
        {
            var client = TlsStream.Connect(here, rig.Client(null, "http/1.1"), rig.Servers, "payments.test");
            await client.HandshakeAsync();
            Assert.That(client.Protocol, Is.EqualTo("http/1.1"));
            await client.WriteAsync("hello"u8.ToArray());
            Assert.That(await client.ReadAsync(new byte[100]), Is.EqualTo(5));
            await client.EndWritingAsync();
            Assert.That(await client.ReadAsync(new byte[100]), Is.Zero, "half-close: reading goes on to the peer's end");
            client.Close();
        });
        await serving;
        Assert.That((server.RemoteCertificate as X509Certificate2)!.Thumbprint, Is.EqualTo(rig.Web.Certificate.Thumbprint));
        Assert.That(server.TargetHostName, Is.EqualTo("payments.test"));
    }

    [TestCase(PeerFault.UnknownAuthority, nameof(AlertName.UnknownCa))]
    [TestCase(PeerFault.Expired, nameof(AlertName.CertificateExpired))]
    [TestCase(PeerFault.NotYetValid, nameof(AlertName.BadCertificate))]
    [TestCase(PeerFault.WrongUsage, nameof(AlertName.UnsupportedCertificate))]
    [TestCase(PeerFault.SeveralIdentities, nameof(AlertName.BadCertificate))]
    public async Task A_refused_peer_is_told_why_on_both_sides(PeerFault fault, string alertName)
    {
        var alert = Enum.Parse<AlertName>(alertName);
        await using var rig = new TlsRig();
        using var stranger = new TestAuthority("test.mesh");
        var now = DateTimeOffset.UtcNow;
        foreach (var clientIsWrong in new[] { true, false })
        {
            var issue = (string service) => fault switch
            {
                PeerFault.UnknownAuthority => stranger.Issue(service),
                PeerFault.Expired => rig.Authority.Issue(service, now.AddDays(-2), now.AddDays(-1)),
                PeerFault.NotYetValid => rig.Authority.Issue(service, now.AddDays(1), now.AddDays(2)),
                PeerFault.WrongUsage =>
                    rig.Authority.Issue(service, usages: [clientIsWrong ? TestAuthority.Server : TestAuthority.Client]),
                _ => rig.Authority.Issue(service, uris: ["spiffe://test.mesh/ns/default/dc/dc1/svc/web", "spiffe://test.mesh/other"]),
            };
            var wrong = Pem(issue(clientIsWrong ? "web" : "payments"));
            var context = rig.Kept(TlsContext.Create(!clientIsWrong, new TlsSettings { Certificate = wrong }));
            var (here, there) = await rig.Sockets();
            await rig.Run(async () =>
            {
                var server = TlsStream.Accept(here, clientIsWrong ? rig.Server() : context, rig.Clients);
                var client = TlsStream.Connect(there, clientIsWrong ? context : rig.Client(), rig.Servers);
                var (judge, refused) = clientIsWrong ? (server, client) : (client, server);
                var refusing = FailureOf(judge);
                var failure = await FailureOf(refused);
                Assert.That((await refusing)!.Refused, Is.EqualTo(alert));
                Assert.That(failure!.Received, Is.EqualTo(alert));
                Assert.That(failure.Message, Does.Contain(alert.ToString()));
                server.Close();
                client.Close();
            });
            wrong.Dispose();
        }

        // A client of TLS 1.3 has finished before the server judges: it learns the verdict with its first read.
        static async Task<TlsException?> FailureOf(TlsStream stream)
        {
            try
            {
                await stream.HandshakeAsync().ConfigureAwait(false);
                await stream.ReadAsync(new byte[1]).ConfigureAwait(false);
                return null;
            }
            catch (TlsException failure)
            {
                stream.Socket.EndSending();
                return failure;
            }
        }
    }

    [Test]
    public async Task The_platforms_streams_hear_the_reason_of_a_refusal()
    {
        await using var rig = new TlsRig();
        using var stranger = new TestAuthority("test.mesh");
        var unknown = LeafCertificate.FromPem("web", stranger.Issue("web"));
        foreach (var isServer in new[] { true, false })
        {
            var (here, there) = await rig.Rig.Pair();
            await using var peer = TlsRig.Ordinary(there);
            var refused = Task.Run(async () =>
            {
                if (isServer)
                {
                    await peer.AuthenticateAsServerAsync(rig.ServerOptions(leaf: unknown));
                }
                else
                {
                    await peer.AuthenticateAsClientAsync(rig.ClientOptions(leaf: unknown));
                    Assert.That(await peer.ReadAsync(new byte[1]), Is.Zero);
                }
            });
            await rig.Run(async () =>
            {
                var stream = isServer
                    ? TlsStream.Connect(here, rig.Client(null, "http/1.1"), rig.Servers)
                    : TlsStream.Accept(here, rig.Server(null, "http/1.1"), rig.Clients);
                await Assert.CatchAsync<TlsException>(async () => await stream.HandshakeAsync());
                stream.Close();
            });
            var failure = await Assert.CatchAsync(() => refused);
            Assert.That(failure!.GetBaseException().Message, Does.Contain("unknown ca"));
        }
    }

    [Test]
    public async Task A_peer_that_leaves_in_the_handshake_is_reported_as_truncation()
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Rig.Pair();
        there.Send([0x16, 3, 1]);
        there.Dispose();
        await rig.Run(async () =>
        {
            var server = TlsStream.Accept(here, rig.Server(), rig.Clients);
            Assert.That((await Assert.CatchAsync<TlsException>(async () => await server.HandshakeAsync()))!.IsTruncated, Is.True);
            server.Close();
        });
    }

    [Test]
    public async Task A_client_without_a_certificate_is_told_that_one_is_required()
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Sockets();
        var nobody = rig.Kept(TlsContext.Create(isServer: false, new TlsSettings()));
        await rig.Run(async () =>
        {
            var server = TlsStream.Accept(here, rig.Server(), rig.Clients);
            var client = TlsStream.Connect(there, nobody, rig.Servers);
            var serving = server.HandshakeAsync().AsTask();
            await client.HandshakeAsync();
            var failure = await Assert.CatchAsync<TlsException>(async () => await client.ReadAsync(new byte[1]));
            Assert.That(failure!.Received, Is.EqualTo(AlertName.CertificateRequired));
            await Assert.CatchAsync<TlsException>(() => serving);
            server.Close();
            client.Close();
        });
    }

    [Test]
    public async Task No_common_protocol_and_an_unknown_name_are_refused_with_their_alerts()
    {
        await using var rig = new TlsRig();
        Assert.That(
            await RefusalOf(rig, rig.Server(null, "h2"), rig.Client(null, "http/1.1"), null), Is.EqualTo(AlertName.NoApplicationProtocol));
        Assert.That(await RefusalOf(rig, rig.Server(), rig.Client(), _ => null), Is.EqualTo(AlertName.UnrecognizedName));
        Assert.That(
            await RefusalOf(rig, rig.Server(), rig.Client(), _ => throw new InvalidOperationException("a fault")),
            Is.EqualTo(AlertName.InternalError));

        static async Task<AlertName> RefusalOf(TlsRig rig, TlsContext server, TlsContext client, Func<string, TlsContext?>? choose)
        {
            var (here, there) = await rig.Sockets();
            var alert = AlertName.None;
            await rig.Run(async () =>
            {
                var accepted = TlsStream.Accept(here, server, rig.Clients, choose);
                var connected = TlsStream.Connect(there, client, rig.Servers);
                var serving = accepted.HandshakeAsync().AsTask();
                alert = (await Assert.CatchAsync<TlsException>(async () => await connected.HandshakeAsync()))!.Received;
                await Assert.CatchAsync<TlsException>(() => serving);
                accepted.Close();
                connected.Close();
            });
            return alert;
        }
    }

    [Test]
    public async Task The_identity_is_chosen_by_the_name_that_the_client_sends()
    {
        await using var rig = new TlsRig();
        var orders = rig.Server(rig.Leaf("orders"));
        foreach (var (name, expected) in new[] { ("orders.test", "orders"), ("payments.test", "payments"), ("", "payments") })
        {
            var (here, there) = await rig.Sockets();
            var shown = "";
            await rig.Run(async () =>
            {
                var fallback = rig.Server();
                var server = TlsStream.Accept(here, fallback, rig.Clients, sent => sent == "orders.test" ? orders : fallback);
                var client = TlsStream.Connect(
                    there,
                    rig.Client(),
                    (certificate, sent) =>
                    {
                        shown = PeerVerifier.Verify(certificate, sent, rig.Trust, PeerUsage.Server, DateTimeOffset.UtcNow).Id!.Service;
                        return AlertName.None;
                    },
                    name);
                var serving = server.HandshakeAsync().AsTask();
                await client.HandshakeAsync();
                await serving;
                Assert.That(server.ServerName, Is.EqualTo(name));
                server.Close();
                client.Close();
            });
            Assert.That(shown, Is.EqualTo(expected));
        }
    }

    [Test]
    public async Task A_verification_that_throws_or_closes_its_connection_harms_nobody()
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Sockets();
        await rig.Run(async () =>
        {
            var server = TlsStream.Accept(here, rig.Server(), (_, _) => throw new InvalidOperationException("a fault"));
            var client = TlsStream.Connect(there, rig.Client(), rig.Servers);
            var serving = server.HandshakeAsync().AsTask();
            await client.HandshakeAsync();
            var received = await Assert.CatchAsync<TlsException>(async () => await client.ReadAsync(new byte[1]));
            Assert.That(received!.Received, Is.EqualTo(AlertName.InternalError));
            var failure = await Assert.CatchAsync<TlsException>(() => serving);
            Assert.That(failure!.InnerException!.Message, Is.EqualTo("a fault"));
            server.Close();
            client.Close();
        });
        (here, there) = await rig.Sockets();
        await rig.Run(async () =>
        {
            TlsStream? server = null;
            server = TlsStream.Accept(
                here,
                rig.Server(),
                (_, _) =>
                {
                    server!.Abort();
                    return AlertName.None;
                });
            var client = TlsStream.Connect(there, rig.Client(), rig.Servers);
            var serving = server.HandshakeAsync().AsTask();
            await client.HandshakeAsync();
            await Assert.CatchAsync<IOException>(() => serving);
            await Assert.CatchAsync<IOException>(async () => await client.ReadAsync(new byte[1]));
            client.Close();
        });
    }

    [Test]
    public async Task A_connection_cut_without_an_end_is_not_an_end()
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair();
        await rig.Run(async () =>
        {
            await server.WriteAsync(new byte[10]);
            server.Socket.EndSending(); // a FIN without close_notify
            var buffer = new byte[100];
            Assert.That(await client.ReadAsync(buffer), Is.EqualTo(10));
            var failure = await Assert.CatchAsync<TlsException>(async () => await client.ReadAsync(buffer));
            Assert.That(failure!.IsTruncated, Is.True);
            server.Close();
            client.Close();
        });
    }

    [Test]
    public async Task A_peer_that_does_not_speak_TLS_is_refused()
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Rig.Pair();
        using (there)
        {
            there.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
            await rig.Run(async () =>
            {
                var server = TlsStream.Accept(here, rig.Server(), rig.Clients);
                await Assert.CatchAsync<TlsException>(async () => await server.HandshakeAsync());
                server.Close();
            });
        }
    }

    [TestCase(1, 1)]
    [TestCase(300, 20_000)]
    [TestCase(0, 5_000_000)]
    [TestCase(3_000_000, 2_000_000)]
    public async Task Big_transfers_pass_small_buffers_both_ways_at_once(int first, int second)
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Sockets(bufferSize: 5_000);
        var bytes = new byte[first + second];
        new Random(3).NextBytes(bytes);
        await rig.Run(async () =>
        {
            var server = TlsStream.Accept(here, rig.Server(), rig.Clients);
            var client = TlsStream.Connect(there, rig.Client(), rig.Servers);
            var serving = server.HandshakeAsync().AsTask();
            await client.HandshakeAsync();
            await serving;
            var all = new[] { SendAsync(server), SendAsync(client), ReceiveAsync(server, 1), ReceiveAsync(client, 2) };
            foreach (var one in all)
            {
                await one;
            }

            server.Close();
            client.Close();
        });

        async Task SendAsync(TlsStream stream)
        {
            await stream.WriteAsync(bytes.AsMemory(0, first), bytes.AsMemory(first)).ConfigureAwait(false);
            await stream.EndWritingAsync().ConfigureAwait(false);
        }

        async Task ReceiveAsync(TlsStream stream, int seed)
        {
            var random = new Random(seed);
            var buffer = new byte[40_000];
            var at = 0;
            while (true)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length))).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                Assert.That(buffer.AsSpan(0, count).SequenceEqual(bytes.AsSpan(at, count)), Is.True);
                at += count;
            }

            Assert.That(at, Is.EqualTo(bytes.Length));
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Records_cut_at_random_places_are_put_together(int seed)
    {
        await using var rig = new TlsRig();
        var (here, serverEnd) = await rig.Rig.Pair();
        var (there, clientEnd) = await rig.Rig.Pair();
        using (serverEnd)
        using (clientEnd)
        {
            var relays = new[] { Cut(serverEnd, clientEnd, seed), Cut(clientEnd, serverEnd, seed + 10) };
            await rig.Run(async () =>
            {
                var random = new Random(seed);
                var server = TlsStream.Accept(here, rig.Server(), rig.Clients);
                var client = TlsStream.Connect(there, rig.Client(), rig.Servers);
                var serving = server.HandshakeAsync().AsTask();
                await client.HandshakeAsync();
                await serving;
                var (sent, received) = (new byte[50_000], new byte[50_000]);
                for (var round = 0; round < 20; round++)
                {
                    random.NextBytes(sent);
                    var length = random.Next(1, round % 3 == 0 ? sent.Length : 300);
                    var half = length / 2;
                    var writing = client.WriteAsync(sent.AsMemory(0, half), sent.AsMemory(half, length - half)).AsTask();
                    for (var at = 0; at < length;)
                    {
                        at += await server.ReadAsync(received.AsMemory(at, random.Next(1, length - at + 1)));
                    }

                    await writing;
                    Assert.That(received.AsSpan(0, length).SequenceEqual(sent.AsSpan(0, length)), Is.True);
                }

                await client.EndWritingAsync();
                Assert.That(await server.ReadAsync(received), Is.Zero);
                server.Close();
                client.Close();
            });
            await Task.WhenAll(relays);
        }

        static Task Cut(System.Net.Sockets.Socket from, System.Net.Sockets.Socket to, int seed) => Task.Run(async () =>
        {
            var random = new Random(seed);
            var buffer = new byte[4_000];
            try
            {
                for (var n = -1; n != 0;)
                {
                    n = await from.ReceiveAsync(buffer.AsMemory(0, random.Next(1, random.Next(2) == 0 ? 7 : buffer.Length)));
                    await to.SendAsync(buffer.AsMemory(0, n));
                }

                to.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Closed in the meantime.
            }
        });
    }

    [Test]
    public async Task An_idle_connection_reports_an_end_and_unexpected_bytes()
    {
        await using var rig = new TlsRig();
        foreach (var isEnd in new[] { true, false })
        {
            var (server, client) = await rig.Pair();
            var watcher = new Told();
            await rig.Run(async () =>
            {
                client.Watch(watcher);
                Assert.That((client.HasInput, client.IsSilent()), Is.EqualTo((false, true)));
                if (isEnd)
                {
                    await server.EndWritingAsync();
                }
                else
                {
                    await server.WriteAsync(new byte[1]);
                }
            });
            await rig.Rig.Until(() => watcher.Count > 0);
            Assert.That(await rig.Rig.Get(() => (client.HasInput, client.IsSilent())), Is.EqualTo((true, false)));
            await rig.Rig.Get(() =>
            {
                server.Close();
                client.Close();
                return 0;
            });
        }
    }

    [Test]
    public async Task An_abort_fails_what_is_pending()
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair();
        var reading = rig.Run(async () => await client.ReadAsync(new byte[10]));
        var writing = rig.Run(async () => await client.WriteAsync(new byte[50_000_000]));
        client.Abort();
        Assert.That((await Assert.CatchAsync<LinuxException>(() => reading))!.Errno, Is.EqualTo(103));
        Assert.That((await Assert.CatchAsync<LinuxException>(() => writing))!.Errno, Is.EqualTo(103));
        await rig.Run(async () =>
        {
            var buffer = new byte[100_000];
            await Assert.CatchAsync<IOException>(async () =>
            {
                while (await server.ReadAsync(buffer) > 0)
                {
                }
            });
            Assert.That(() => client.WriteAsync(new byte[1]).AsTask().GetAwaiter().GetResult(), Throws.InstanceOf<IOException>());
            server.Close();
        });
    }

    [Test]
    public async Task Connections_that_end_at_any_moment_leave_nothing_behind()
    {
        await using var rig = new TlsRig();
        var (server, client) = (rig.Server(), rig.Client());
        var random = new Random(9);
        for (var round = 0; round < 150; round++)
        {
            var (here, there) = await rig.Sockets();
            var after = random.Next(6);
            var side = random.Next(2);
            await rig.Run(async () =>
            {
                var accepted = TlsStream.Accept(here, server, rig.Clients);
                var connected = TlsStream.Connect(there, client, rig.Servers);
                var both = new[] { TalkAsync(accepted), TalkAsync(connected) };
                for (var i = 0; i < after; i++)
                {
                    await rig.Loop.NextTurn();
                }

                (side == 0 ? accepted : connected).Abort();
                await both[0];
                await both[1];
                accepted.Close();
                connected.Close();
            });
        }

        Assert.That(await rig.Rig.Get(() => rig.Loop.Sockets), Is.Zero);

        static async Task TalkAsync(TlsStream stream)
        {
            try
            {
                await stream.HandshakeAsync().ConfigureAwait(false);
                await stream.WriteAsync(new byte[100]).ConfigureAwait(false);
                while (await stream.ReadAsync(new byte[1_000]).ConfigureAwait(false) > 0)
                {
                }
            }
            catch (IOException)
            {
                // The point of this test.
            }
        }
    }

    [Test]
    public async Task A_turn_makes_at_most_16_steps_of_handshakes()
    {
        await using var rig = new TlsRig();
        await rig.Run(async () =>
        {
            await rig.Loop.NextTurn();
            var turn = rig.Loop.Turns;
            var taken = 0;
            while (rig.Loop.TryTakeHandshake())
            {
                taken++;
            }

            Assert.That(taken, Is.EqualTo(EventLoop.HandshakesInOneTurn));
            while (turn == rig.Loop.Turns)
            {
                await rig.Loop.NextTurn();
            }

            Assert.That(rig.Loop.TryTakeHandshake(), Is.True);
        });
    }

    [Test]
    public async Task Reading_and_writing_allocate_nothing()
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair();
        var bytes = 0L;
        await rig.Run(async () =>
        {
            var echo = EchoAsync(server);
            var buffer = new byte[1_000];
            for (var batch = 0; batch < 2; batch++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 300; i++)
                {
                    await client.WriteAsync(buffer.AsMemory(0, 100), buffer.AsMemory(100, 200));
                    await client.WaitInputAsync();
                    for (var n = 0; n < 300;)
                    {
                        n += await client.ReadAsync(buffer);
                    }
                }

                bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            await client.EndWritingAsync();
            await echo;
            client.Close();
        });
        Assert.That(bytes, Is.Zero);

        static async Task EchoAsync(TlsStream stream)
        {
            var buffer = new byte[1_000];
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }

            stream.Close();
        }
    }

    private static X509Certificate2 Pem(string pem) => X509Certificate2.CreateFromPem(pem, pem);

    private sealed class Told : IInputWatcher
    {
        public int Count { get; private set; }

        public void OnInput() => Count++;
    }
}
