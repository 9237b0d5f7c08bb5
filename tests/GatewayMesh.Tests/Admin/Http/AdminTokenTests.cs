using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Tests.Admin.Http;

public sealed class AdminTokenTests
{
    private const string Good = "0123456789abcdef0123456789abcdef";

    private DirectoryInfo _folder = null!;
    private string _file = null!;

    [SetUp]
    public void WriteFile()
    {
        _folder = Directory.CreateTempSubdirectory("token");
        _file = Path.Combine(_folder.FullName, "token");
        Write(Good + "\n");
    }

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    [CancelAfter(60_000)]
    public void Token_file_that_is_a_fifo_is_an_error_and_the_last_token_stays_in_force(CancellationToken cancellationToken)
    {
        var token = new AdminToken(new AdminTokenSpec(null, _file));
        Assert.That(token.Accepts("Bearer " + Good), Is.True);
        File.Delete(_file);
        using (var made = System.Diagnostics.Process.Start("mkfifo", ["--mode=600", _file]))
        {
            made.WaitForExit();
        }

        Assert.That(AdminToken.Read(_file, out var error), Is.Null);
        Assert.That(error, Does.StartWith(_file));
        Assert.That(token.Accepts("Bearer " + Good), Is.True);
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    [TestCase("Bearer " + Good, true)]
    [TestCase("bearer " + Good, true)]
    [TestCase("Bearer  " + Good + " ", true)]
    [TestCase(null, false)]
    [TestCase("", false)]
    [TestCase("Bearer ", false)]
    [TestCase("Bearer", false)]
    [TestCase(Good, false)]
    [TestCase("Basic " + Good, false)]
    [TestCase("Bearer " + Good + "0", false)]
    [TestCase("Bearer 0123456789abcdef0123456789abcde", false)]
    [TestCase("Bearer 0123456789ABCDEF0123456789ABCDEF", false)]
    public void Only_the_token_itself_is_accepted(string? authorization, bool accepted)
    {
        Assert.That(new AdminToken(new AdminTokenSpec(Good, null)).Accepts(authorization), Is.EqualTo(accepted));
        Assert.That(new AdminToken(new AdminTokenSpec(null, _file)).Accepts(authorization), Is.EqualTo(accepted));
    }

    [Test]
    public void Token_file_reloads_on_change_and_an_unusable_file_changes_nothing()
    {
        var token = new AdminToken(new AdminTokenSpec(null, _file));
        Assert.That(token.Accepts("Bearer " + Good));

        Write("another-token-of-32-characters!!" + "\n\n");
        Assert.That(token.Accepts("Bearer another-token-of-32-characters!!"));
        Assert.That(token.Accepts("Bearer " + Good), Is.False);

        Write("short\n");
        Assert.That(token.Accepts("Bearer short"), Is.False);
        Assert.That(token.Accepts("Bearer another-token-of-32-characters!!"), "the last good one");
        File.Delete(_file);
        Assert.That(token.Accepts("Bearer another-token-of-32-characters!!"), "the last good one");
    }

    [Test]
    public void Missing_token_file_accepts_no_request()
    {
        File.Delete(_file);
        var token = new AdminToken(new AdminTokenSpec(null, _file));
        Assert.That(new[] { token.Accepts(null), token.Accepts("Bearer "), token.Accepts("Bearer Bearer ") }, Is.All.False);
    }

    [TestCase(Good, UnixFileMode.UserRead | UnixFileMode.UserWrite, null)]
    [TestCase(Good, UnixFileMode.UserRead | UnixFileMode.GroupRead, "is readable by other users; run chmod 600")]
    [TestCase(Good, UnixFileMode.UserRead | UnixFileMode.OtherRead, "is readable by other users; run chmod 600")]
    [TestCase("too short", UnixFileMode.UserRead, "does not hold a token")]
    [TestCase("tooshort", UnixFileMode.UserRead, "shorter than 16")]
    [TestCase("", UnixFileMode.UserRead, "shorter than 16")]
    [TestCase("two lines of a\ntoken-0123456789", UnixFileMode.UserRead, "does not hold a token")]
    public void Token_file_error_names_the_fix_and_not_the_token(string content, UnixFileMode mode, string? expected)
    {
        Write(content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, mode);
        }

        var error = AdminToken.Check(new AdminTokenSpec(null, _file));

        Assert.That(error, expected is null ? Is.Null : Does.Contain(expected));
        Assert.That(error ?? "", Does.Not.Contain("0123456789"));
        Assert.That(
            AdminToken.Check(new AdminTokenSpec(null, _file + "x")), Does.Contain("does not exist").And.Contain("openssl rand -hex 32"));
    }

    [Test]
    public void Request_without_the_token_is_refused()
    {
        using var listener = Listening(IPAddress.Loopback);
        using var server = new AdminServer(listener, Routes, token: new AdminToken(new AdminTokenSpec(Good, null)));

        Assert.That(AdminClient.Send(listener.LocalEndPoint!, "GET", "/status", token: Good).Status, Is.EqualTo(200));
        Assert.That(AdminClient.Send(listener.LocalEndPoint!, "GET", "/status", token: Good + "x").Status, Is.EqualTo(401));
        foreach (var request in (string[])["GET /status", "HEAD /status", "POST /drain", "GET /nowhere", "GET /-/live"])
        {
            Assert.That(
                Raw(listener, $"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
                Does.StartWith("HTTP/1.1 401 Unauthorized\r\n").And.Contain("WWW-Authenticate: Bearer realm=\"gatewaymesh\"\r\n"));
        }

        Assert.That(
            Raw(listener, $"GET /status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nAuthorization: Bearer {Good}\r\n\r\n"),
            Does.StartWith("HTTP/1.1 400 "));
        Assert.That(Drained, Is.Zero);
        Assert.That(
            Raw(
                listener,
                $"POST /drain HTTP/1.1\r\nHost: localhost\r\nOrigin: https://x.example\r\nAuthorization: Bearer "
                    + $"{Good}\r\nContent-Length: 0\r\n\r\n"),
            Does.StartWith("HTTP/1.1 403 "),
            "a page in a browser may not post, whatever it knows");
        Assert.That(AdminClient.Send(listener.LocalEndPoint!, "POST", "/drain", token: Good).Status, Is.EqualTo(202));
        Assert.That(Drained, Is.EqualTo(1));
    }

    [Test]
    public void Off_loopback_every_request_is_refused_without_a_token()
    {
        var address = Outside();
        Assert.That(address, Is.Not.Null, "this host has only loopback addresses; add one: ip address add 192.0.2.1/32 dev lo");
        using var listener = Listening(address!);
        using var server = new AdminServer(listener, Routes);

        Assert.That(AdminClient.Send(listener.LocalEndPoint!, "GET", "/status").Status, Is.EqualTo(403));
        using var second = Listening(address!);
        using var open = new AdminServer(second, Routes, token: new AdminToken(new AdminTokenSpec(Good, null)));
        Assert.That(AdminClient.Send(second.LocalEndPoint!, "GET", "/status").Status, Is.EqualTo(401));
        Assert.That(AdminClient.Send(second.LocalEndPoint!, "GET", "/status", token: Good).Status, Is.EqualTo(200));
    }

    [Test]
    public void Token_specification_prints_without_the_token() =>
        Assert.That(
            $"{new AdminTokenSpec(Good, null)} {new AdminTokenSpec(null, "/etc/token")}",
            Is.EqualTo("adminToken adminTokenFile /etc/token"));

    private int Drained { get; set; }

    private Dictionary<(string, string), AdminHandler> Routes => new()
    {
        [("GET", "/status")] = _ => AdminResponse.OfText(200, "well"),
        [("GET", "/-/live")] = _ => AdminResponse.OfText(200, "ok"),
        [("POST", "/drain")] = _ =>
        {
            Drained++;
            return AdminResponse.OfText(202, "draining");
        },
    };

    // An address of this host that is not loopback. The host connects to itself, so no byte leaves it.
    private static IPAddress? Outside() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private static Socket Listening(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return listener;
    }

    private static string Raw(Socket listener, string request)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        client.Connect(listener.LocalEndPoint!);
        client.Send(Encoding.Latin1.GetBytes(request));
        using var answer = new StreamReader(new NetworkStream(client), Encoding.Latin1);
        return answer.ReadToEnd();
    }

    private void Write(string content)
    {
        File.Delete(_file);
        File.WriteAllText(_file, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
