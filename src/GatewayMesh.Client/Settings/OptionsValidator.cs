using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Settings;

/// <summary>Says at the start of the application what is wrong with the options of one client.</summary>
internal sealed class OptionsValidator(string client) : IValidateOptions<GatewayMeshOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayMeshOptions options)
    {
        if (name != client)
        {
            return ValidateOptionsResult.Skip;
        }

        new SettingsReader(Environment.GetEnvironmentVariable).TryRead(options, out var errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
