using GatewayMesh.Client.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GatewayMesh.Client;

/// <summary>Adds the mesh to clients of <see cref="IHttpClientFactory"/>.</summary>
public static class GatewayMeshHttpClientBuilderExtensions
{
    /// <summary>
    /// Sends this client's requests into the mesh. Options that <paramref name="configure"/> does not set come from the environment.
    /// </summary>
    public static IHttpClientBuilder AddGatewayMesh(this IHttpClientBuilder builder, Action<GatewayMeshOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        var options = builder.Services.AddOptions<GatewayMeshOptions>(name);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.AddSingleton<IValidateOptions<GatewayMeshOptions>>(new OptionsValidator(name));
        options.ValidateOnStart();

        // The handler tracks the sidecar and the gateways and reconnects by itself, so it lives as long as the application.
        return builder
            .ConfigurePrimaryHttpMessageHandler(services =>
                new GatewayMeshHandler(
                    services.GetRequiredService<IOptionsMonitor<GatewayMeshOptions>>().Get(name), services.GetService<ILoggerFactory>()))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Sends this client's requests into the mesh, with options from a configuration section. Keys are the names of
    /// <see cref="GatewayMeshOptions"/>; durations are <c>250ms</c>, <c>2s</c> or <c>00:00:02</c>. An unknown key is an error.
    /// </summary>
    public static IHttpClientBuilder AddGatewayMesh(this IHttpClientBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        var name = builder.Name;
        return builder.AddGatewayMesh(options => OptionsBinder.Bind(section, options, name));
    }
}
