import { escapeXml } from '../onvif/xml.ts';
import { type AnswerContext, type Answers, streamOf } from './onvif-answer-context.ts';
import { type OnvifStream, VIDEO_SOURCE } from './onvif-model.ts';

/** Media1, profile S, which knows no H.265. @see ONVIF Media Service Specification §5 */
export const answerMedia: Answers = (request, context) => {
  const streams = context.model.streams.filter(({ codec }) => codec === 'H264');
  const [first] = streams;
  switch (request.name) {
    case 'GetProfiles':
      return `<trt:GetProfilesResponse>${streams.map((one) => profile1('trt:Profiles', one, context)).join('')}</trt:GetProfilesResponse>`;
    case 'GetProfile':
      return `<trt:GetProfileResponse>${profile1('trt:Profile', streamOf(request, context), context)}</trt:GetProfileResponse>`;
    case 'GetStreamUri':
      return `<trt:GetStreamUriResponse>${mediaUri(context.streamAddress(streamOf(request, context).rtspUrl))}</trt:GetStreamUriResponse>`;
    case 'GetSnapshotUri':
      return context.snapshotAddress === undefined
        ? undefined
        : `<trt:GetSnapshotUriResponse>${mediaUri(context.snapshotAddress)}</trt:GetSnapshotUriResponse>`;
    case 'GetVideoSources':
      return `<trt:GetVideoSourcesResponse>${first ? `<trt:VideoSources token="${VIDEO_SOURCE}"><tt:Framerate>${first.framesPerSecond}</tt:Framerate>${resolution(first)}</trt:VideoSources>` : ''}</trt:GetVideoSourcesResponse>`;
    case 'GetVideoEncoderConfiguration':
    case 'GetVideoEncoderConfigurations': {
      const many = request.name.endsWith('s');
      const list = (many ? streams : streams.slice(0, 1)).map((one) =>
        encoder1(many ? 'trt:Configurations' : 'trt:Configuration', one),
      );
      return `<trt:${request.name}Response>${list.join('')}</trt:${request.name}Response>`;
    }
    case 'GetVideoEncoderConfigurationOptions':
      return first ? encoderOptions(first) : undefined;
    case 'SetSynchronizationPoint':
      context.synchronize(streamOf(request, context).token);
      return '<trt:SetSynchronizationPointResponse/>';
    default:
      return undefined;
  }
};

/** Media2, profile T. @see ONVIF Media2 Service Specification §5 */
export const answerMedia2: Answers = (request, context) => {
  switch (request.name) {
    case 'GetProfiles':
      return `<tr2:GetProfilesResponse>${context.model.streams.map((one) => profile2(one, context)).join('')}</tr2:GetProfilesResponse>`;
    case 'GetStreamUri':
      return `<tr2:GetStreamUriResponse><tr2:Uri>${escapeXml(context.streamAddress(streamOf(request, context).rtspUrl))}</tr2:Uri></tr2:GetStreamUriResponse>`;
    case 'GetSnapshotUri':
      return context.snapshotAddress === undefined
        ? undefined
        : `<tr2:GetSnapshotUriResponse><tr2:Uri>${escapeXml(context.snapshotAddress)}</tr2:Uri></tr2:GetSnapshotUriResponse>`;
    case 'SetSynchronizationPoint':
      context.synchronize(streamOf(request, context).token);
      return '<tr2:SetSynchronizationPointResponse/>';
    default:
      return undefined;
  }
};

function mediaUri(address: string): string {
  return (
    `<trt:MediaUri><tt:Uri>${escapeXml(address)}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>` +
    '<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>'
  );
}

function resolution({ widthPx, heightPx }: OnvifStream): string {
  return `<tt:Resolution><tt:Width>${widthPx}</tt:Width><tt:Height>${heightPx}</tt:Height></tt:Resolution>`;
}

function sourceParts({ widthPx, heightPx }: OnvifStream): string {
  return (
    `<tt:Name>source</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>${VIDEO_SOURCE}</tt:SourceToken>` +
    `<tt:Bounds x="0" y="0" width="${widthPx}" height="${heightPx}"/>`
  );
}

function ptzConfiguration(name: string): string {
  return `<${name} token="ptz-1"><tt:Name>ptz</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>node-1</tt:NodeToken></${name}>`;
}

function encoder1(name: string, stream: OnvifStream): string {
  const token = escapeXml(stream.token);
  return (
    `<${name} token="encoder-${token}"><tt:Name>encoder ${token}</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding>` +
    `${resolution(stream)}<tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>${stream.framesPerSecond}</tt:FrameRateLimit>` +
    `<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>${stream.bitrateKbps}</tt:BitrateLimit></tt:RateControl>` +
    `<tt:H264><tt:GovLength>${stream.framesPerSecond}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>` +
    '<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address><tt:Port>0</tt:Port>' +
    `<tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout></${name}>`
  );
}

function encoderOptions(stream: OnvifStream): string {
  const range = (name: string, from: number, to: number): string =>
    `<tt:${name}><tt:Min>${from}</tt:Min><tt:Max>${to}</tt:Max></tt:${name}>`;
  return (
    '<trt:GetVideoEncoderConfigurationOptionsResponse><trt:Options>' +
    `${range('QualityRange', 1, 10)}<tt:H264><tt:ResolutionsAvailable><tt:Width>${stream.widthPx}</tt:Width><tt:Height>${stream.heightPx}</tt:Height></tt:ResolutionsAvailable>` +
    `${range('GovLengthRange', 1, 250)}${range('FrameRateRange', 1, 30)}${range('EncodingIntervalRange', 1, 1)}` +
    '<tt:H264ProfilesSupported>Main</tt:H264ProfilesSupported></tt:H264></trt:Options></trt:GetVideoEncoderConfigurationOptionsResponse>'
  );
}

function profile1(name: string, stream: OnvifStream, { model }: AnswerContext): string {
  return (
    `<${name} token="${escapeXml(stream.token)}" fixed="true"><tt:Name>${escapeXml(stream.name)}</tt:Name>` +
    `<tt:VideoSourceConfiguration token="${VIDEO_SOURCE}-configuration">${sourceParts(stream)}</tt:VideoSourceConfiguration>` +
    encoder1('tt:VideoEncoderConfiguration', stream) +
    (model.hasPtz ? ptzConfiguration('tt:PTZConfiguration') : '') +
    `</${name}>`
  );
}

function profile2(stream: OnvifStream, { model }: AnswerContext): string {
  const { token, codec, framesPerSecond, bitrateKbps } = stream;
  return (
    `<tr2:Profiles token="${escapeXml(token)}" fixed="true"><tr2:Name>${escapeXml(stream.name)}</tr2:Name><tr2:Configurations>` +
    `<tr2:VideoSource token="${VIDEO_SOURCE}-configuration">${sourceParts(stream)}</tr2:VideoSource>` +
    `<tr2:VideoEncoder token="encoder-${escapeXml(token)}" GovLength="${framesPerSecond}" Profile="Main"><tt:Name>encoder</tt:Name><tt:UseCount>1</tt:UseCount>` +
    `<tt:Encoding>${codec}</tt:Encoding>${resolution(stream)}<tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>${framesPerSecond}</tt:FrameRateLimit>` +
    `<tt:BitrateLimit>${bitrateKbps}</tt:BitrateLimit></tt:RateControl><tt:Quality>5</tt:Quality></tr2:VideoEncoder>` +
    (model.hasPtz ? ptzConfiguration('tr2:PTZ') : '') +
    '</tr2:Configurations></tr2:Profiles>'
  );
}
