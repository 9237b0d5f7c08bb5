using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>A real redis-server on a free port, with a password, and on request with TLS.</summary>
internal sealed class RedisServer : IDisposable
{
    public const string Password = "s3cr:t@/pass";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-");
    private readonly bool _isTls;
    private Process? _process;

    public RedisServer(bool isTls = false)
    {
        _isTls = isTls;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        if (isTls)
        {
            WriteCertificates();
        }
    }

    public int Port { get; }

    public string Roots => Path.Combine(_folder.FullName, "ca.pem");

    public RedisSpec Spec => new(new HostPort("127.0.0.1", Port), _isTls, 0)
    {
        Password = Password,
        Certificates = new RegistryTlsSpec(_isTls ? Roots : null, null, null),
    };

    public RedisServer Start()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, WorkingDirectory = _folder.FullName };
        foreach (var argument in (string[])["--save", "", "--bind", "127.0.0.1", "--requirepass", Password])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var argument in _isTls
            ? (string[])
            [
                "--port", "0", "--tls-port", port, "--tls-cert-file", "redis.pem", "--tls-key-file", "redis.key",
                "--tls-ca-cert-file", "ca.pem", "--tls-auth-clients", "no",
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

    public void Freeze() => Signal("-STOP");

    public void Thaw() => Signal("-CONT");

    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        _folder.Delete(recursive: true);
    }

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
            catch (SocketException) when (patience.Elapsed < RawConnection.Patience)
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
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=redis", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(root, now.AddHours(-1), now.AddHours(12), [1, 2, 3, 4]);
        File.WriteAllText(Roots, root.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder.FullName, "redis.pem"), leaf.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder.FullName, "redis.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
