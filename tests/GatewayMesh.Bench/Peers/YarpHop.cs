using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace GatewayMesh.Bench.Peers;

/// <summary>A hop of YARP: <c>yarp-hop PORT TARGET [serve=PEM] [call=PEM] [roots=PEM]</c>.</summary>
internal static class YarpHop
{
    /// <summary>Serves until the process is ended.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var port = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var files = arguments.Skip(2).Select(argument => argument.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        using var roots = files.TryGetValue("roots", out var file) ? X509CertificateLoader.LoadCertificateFromFile(file) : null;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                if (files.TryGetValue("serve", out var own))
                {
                    listener.UseHttps(new HttpsConnectionAdapterOptions
                    {
                        ServerCertificate = Load(own),
                        SslProtocols = System.Security.Authentication.SslProtocols.Tls13,
                        ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                        ClientCertificateValidation = (certificate, _, _) =>
                            IsTrusted(certificate, roots) && certificate.GetNameInfo(X509NameType.DnsName, false) == "web",
                    });
                }
            });
        });
        builder.Services.AddReverseProxy()
            .LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "next", Match = new RouteMatch { Path = "{**path}" } }],
                [
                    new ClusterConfig
                    {
                        ClusterId = "next",
                        LoadBalancingPolicy = "PowerOfTwoChoices",
                        HttpRequest = new() { Version = HttpVersion.Version11 },
                        Destinations = new Dictionary<string, DestinationConfig> { ["next"] = new() { Address = arguments[1] } },
                    },
                ])
            .ConfigureHttpClient((_, handler) =>
            {
                if (files.TryGetValue("call", out var own))
                {
                    handler.SslOptions.ClientCertificates = [Load(own)];
                    handler.SslOptions.EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13;
                    handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                        certificate is X509Certificate2 peer && IsTrusted(peer, roots) && peer.MatchesHostname("payments");
                }
            });
        var application = builder.Build();
        application.MapReverseProxy();
        await application.RunAsync();
        return 0;
    }

    private static X509Certificate2 Load(string file)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(file, file);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2? roots)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(roots!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
