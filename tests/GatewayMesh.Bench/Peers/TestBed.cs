using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Peers;

/// <summary>Parts that all peers share: a folder, certificates, and the application, which is nginx with a few files.</summary>
internal sealed class TestBed : IAsyncDisposable
{
    private const int StreamBytes = 200_000_000;
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private HopProcess? _application;

    /// <summary>Port of the application on 127.0.0.1.</summary>
    public int ApplicationPort { get; } = FreePorts.Next();

    /// <summary>The configuration of the application.</summary>
    public string ApplicationConfiguration { get; private set; } = "";

    /// <summary>Certificate of the authority.</summary>
    public string Roots => _folder["certificates/roots.pem"];

    /// <summary>Folder of the certificates of the mesh.</summary>
    public string MeshCertificates => _folder["certificates"];

    /// <summary>Absolute path of a file of a peer.</summary>
    public string PathOf(string name) => _folder[name];

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string content)
    {
        _folder.Write(name, content);
        return _folder[name];
    }

    /// <summary>Makes the certificates and starts the application.</summary>
    public async Task StartAsync()
    {
        MakeCertificates();
        _ = Write("www/index.html", new string('x', 119));
        _ = Write("www/10k", RandomText(10_000));
        _ = Write("www/100k", RandomText(100_000));
        await using (var large = File.Create(_folder["www/200m"]))
        {
            large.SetLength(StreamBytes);
        }

        ApplicationConfiguration = $$"""
            user root;
            worker_processes 1;
            daemon off;
            pid {{_folder["application.pid"]}};
            error_log {{_folder["application.log"]}};
            events { worker_connections 4096; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              {{TemporaryPaths("application")}}
              server {
                listen 127.0.0.1:{{ApplicationPort}} backlog=4096;
                root {{_folder["www"]}};
              }
            }
            """;
        _application = await HopProcess.StartAsync(
            "application", "nginx", "-e", _folder["application.log"], "-c", Write("application.conf", ApplicationConfiguration));
    }

    /// <summary>Makes the certificates alone, for another application.</summary>
    public void MakeCertificates()
    {
        // P-256 in all of them. The mesh checks SPIFFE ids, the other peers DNS names.
        _ = Write("certificates/roots.pem", _authority.RootPem);
        _ = Write("certificates/web.pem", _authority.Issue("web"));
        _ = Write("certificates/payments.pem", _authority.Issue("payments"));
        WritePem("hops/web.pem", client: true);
        WritePem("hops/payments.pem", client: false);
    }

    /// <summary>Folders that nginx wants whatever it does.</summary>
    public string TemporaryPaths(string name) => string.Join(
        "\n  ",
        new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {_folder[$"{name}-{kind}"]};"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        _authority.Dispose();
        _folder.Dispose();
    }

    private static string RandomText(int length) => Convert.ToHexString(RandomNumberGenerator.GetBytes(length / 2));

    private void WritePem(string name, bool client)
    {
        var service = Path.GetFileNameWithoutExtension(name);
        using X509Certificate2 certificate = _authority.IssueFor([service], client: client, serial: (byte)(client ? 1 : 2));
        var (leaf, key) = TestAuthority.Pem(certificate);
        _ = Write(name, string.Create(CultureInfo.InvariantCulture, $"{leaf}{key}"));
    }
}
