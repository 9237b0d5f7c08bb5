using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Fixtures;

/// <summary>
/// A real redis-server on a free port, with a password, and on request with TLS, client certificates, or a user of the access control list
/// in place of the default one.
/// </summary>
public sealed class RedisServer : IDisposable
{
    /// <summary>Password of all users; it must be escaped in a URI.</summary>
    public const string Password = "s3cr:t@/pass";

    /// <summary>Name of the user.</summary>
    public const string User = "mesh";

    /// <summary>Permissions of a user of the access control list, as the documents state them.</summary>
    public static readonly string[] Permissions =
        ["~gatewaymesh:*", "resetchannels", "-@all", "+@connection", "+@scripting", "+@read", "+@write", "+time", "-@dangerous"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-");
    private readonly bool _isTls;
    private readonly bool _asksForCertificates;
    private readonly bool _hasUser;
    private Process? _process;

    public RedisServer(bool isTls = false, bool asksForCertificates = false, bool hasUser = false)
    {
        (_isTls, _asksForCertificates, _hasUser) = (isTls, asksForCertificates, hasUser);
        Port = FreePorts.Next();
        if (isTls)
        {
            WriteCertificates();
        }
    }

    /// <summary>Port on loopback; the same after <see cref="Kill"/> and <see cref="Start"/>.</summary>
    public int Port { get; }

    /// <summary>File with the root of all certificates.</summary>
    public string Roots => PathOf("ca.pem");

    /// <summary>True for TLS.</summary>
    public bool IsTls => _isTls;

    /// <summary>True if clients have the user <see cref="User"/>.</summary>
    public bool HasUser => _hasUser;

    /// <summary>URI for a bootstrap file.</summary>
    public string Uri => string.Create(
        CultureInfo.InvariantCulture,
        $"{(_isTls ? "rediss" : "redis")}://{(_hasUser ? User : "")}:{System.Uri.EscapeDataString(Password)}@127.0.0.1:{Port}");

    /// <summary>Certificate of a client, and its key; null if the server asks for none.</summary>
    public (string Cert, string Key)? Client => _asksForCertificates ? (PathOf("client.pem"), PathOf("client.key")) : null;

    /// <summary>Starts the server, without data; returns once it listens.</summary>
    public RedisServer Start()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, WorkingDirectory = _folder.FullName };
        foreach (var argument in (string[])
            [
                "--save", "", "--bind", "127.0.0.1", "--requirepass", Password,
                .. _hasUser ? (string[])["--user", User, "on", ">" + Password, .. Permissions] : [],
            ])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var argument in _isTls
            ? (string[])
            [
                "--port", "0", "--tls-port", port, "--tls-cert-file", "redis.pem", "--tls-key-file", "redis.key",
                "--tls-ca-cert-file", "ca.pem", "--tls-auth-clients", _asksForCertificates ? "yes" : "no",
            ]
            : ["--port", port])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        AwaitListening();
        return this;
    }

    /// <summary>Stops the server in the middle of whatever it does.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Lets the server continue.</summary>
    public void Thaw() => Signal("-CONT");

    /// <summary>Kills the server; its data is lost.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _folder.Delete(recursive: true);
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private void AwaitListening()
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (patience.Elapsed < Eventually.Deadline)
            {
                _process!.WaitForExit(TimeSpan.FromMilliseconds(5));
            }
        }
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void WriteCertificates()
    {
        var now = DateTimeOffset.UtcNow;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=redis-test-root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        File.WriteAllText(Roots, root.ExportCertificatePem());
        byte serial = 1;
        foreach (var name in (string[])["redis", "client"])
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var leaf = request.Create(root, now.AddHours(-1), now.AddHours(12), [serial++, 2, 3, 4]);
            File.WriteAllText(PathOf(name + ".pem"), leaf.ExportCertificatePem());
            File.WriteAllText(PathOf(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
